//! Which addresses are public, and what the others are.
//!
//! The blocks are those of the IANA registries "IPv4 Special-Purpose Address Space", "IPv6 Special-Purpose Address
//! Space", "IPv4 Multicast Address Space" and "IPv6 Global Unicast Address Assignments". What they do not call globally
//! reachable unicast is refused; so are their globally reachable anycast blocks, behind which no files are kept. To add
//! a block, add a line to its table.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::network::Network;

/// Why an address is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NonPublic {
    /// `0.0.0.0/8`, `::`.
    #[error("it stands for this host or network")]
    ThisNetwork,
    /// `127.0.0.0/8`, `::1`.
    #[error("it is the loopback")]
    Loopback,
    /// RFC 1918, and the site-local block it had in IPv6.
    #[error("it is private")]
    Private,
    /// RFC 4193, `fc00::/7`.
    #[error("it is unique-local")]
    UniqueLocal,
    /// `100.64.0.0/10`, shared behind a provider's address translation.
    #[error("it is shared behind a provider's address translation")]
    Shared,
    /// `169.254.0.0/16`, `fe80::/10`; where clouds keep their metadata.
    #[error("it is link-local")]
    LinkLocal,
    /// Blocks for protocols, not for hosts.
    #[error("it is assigned to a protocol")]
    Protocol,
    /// Examples in documents.
    #[error("it is for documentation")]
    Documentation,
    /// `198.18.0.0/15`.
    #[error("it is for benchmarks")]
    Benchmark,
    /// `224.0.0.0/4`, `ff00::/8`.
    #[error("it is a multicast group")]
    Multicast,
    /// `255.255.255.255`.
    #[error("it is the broadcast address")]
    Broadcast,
    /// Not assigned to anybody.
    #[error("it is reserved")]
    Reserved,
    /// `100::/64`.
    #[error("it is a block to discard packets")]
    DiscardOnly,
    /// IPv4 inside IPv6 in a form that no public server has: compatible, translated, 6to4, Teredo, ISATAP, local NAT64.
    #[error("it is an IPv4 address within IPv6")]
    Transition,
    /// A public address that a cloud answers with a virtual machine's secrets.
    #[error("it is a cloud's own service")]
    CloudService,
}

/// More particular blocks stand before the ones around them.
const IPV4: [(Network, NonPublic); 20] = [
    (Network::v4([0, 0, 0, 0], 8), NonPublic::ThisNetwork),
    (Network::v4([10, 0, 0, 0], 8), NonPublic::Private),
    (Network::v4([100, 64, 0, 0], 10), NonPublic::Shared),
    (Network::v4([127, 0, 0, 0], 8), NonPublic::Loopback),
    // Azure's guest agent endpoint: Azure documentation, "What is IP address 168.63.129.16".
    (Network::v4([168, 63, 129, 16], 32), NonPublic::CloudService),
    (Network::v4([169, 254, 0, 0], 16), NonPublic::LinkLocal),
    (Network::v4([172, 16, 0, 0], 12), NonPublic::Private),
    (Network::v4([192, 0, 0, 0], 24), NonPublic::Protocol),
    (Network::v4([192, 0, 2, 0], 24), NonPublic::Documentation),
    (Network::v4([192, 31, 196, 0], 24), NonPublic::Protocol), // AS112
    (Network::v4([192, 52, 193, 0], 24), NonPublic::Protocol), // AMT relays
    (Network::v4([192, 88, 99, 0], 24), NonPublic::Protocol),  // 6to4 relays, RFC 7526
    (Network::v4([192, 168, 0, 0], 16), NonPublic::Private),
    (Network::v4([192, 175, 48, 0], 24), NonPublic::Protocol), // AS112
    (Network::v4([198, 18, 0, 0], 15), NonPublic::Benchmark),
    (Network::v4([198, 51, 100, 0], 24), NonPublic::Documentation),
    (Network::v4([203, 0, 113, 0], 24), NonPublic::Documentation),
    (Network::v4([224, 0, 0, 0], 4), NonPublic::Multicast),
    (Network::v4([255, 255, 255, 255], 32), NonPublic::Broadcast),
    (Network::v4([240, 0, 0, 0], 4), NonPublic::Reserved),
];

/// More particular blocks stand before the ones around them. What is in none must lie in [`GLOBAL_UNICAST`].
const IPV6: [(Network, NonPublic); 16] = [
    (Network::v6([0, 0, 0, 0], 96), NonPublic::Transition), // IPv4-compatible, RFC 4291 2.5.5.1
    (Network::v6([0x64, 0xff9b, 1, 0], 48), NonPublic::Transition), // NAT64 of one network, RFC 8215
    (Network::v6([0x100, 0, 0, 0], 64), NonPublic::DiscardOnly),
    (Network::v6([0x100, 0, 0, 1], 64), NonPublic::Protocol), // dummy prefix, RFC 9780
    (Network::v6([0x2001, 0, 0, 0], 32), NonPublic::Transition), // Teredo
    (Network::v6([0x2001, 0, 0, 0], 23), NonPublic::Protocol),
    (Network::v6([0x2001, 0xdb8, 0, 0], 32), NonPublic::Documentation),
    (Network::v6([0x2002, 0, 0, 0], 16), NonPublic::Transition), // 6to4
    (Network::v6([0x2620, 0x4f, 0x8000, 0], 48), NonPublic::Protocol), // AS112
    (Network::v6([0x3ffe, 0, 0, 0], 16), NonPublic::Reserved),   // 6bone, given back
    (Network::v6([0x3fff, 0, 0, 0], 20), NonPublic::Documentation),
    (Network::v6([0x5f00, 0, 0, 0], 16), NonPublic::Protocol), // segment routing
    (Network::v6([0xfc00, 0, 0, 0], 7), NonPublic::UniqueLocal),
    (Network::v6([0xfe80, 0, 0, 0], 10), NonPublic::LinkLocal),
    (Network::v6([0xfec0, 0, 0, 0], 10), NonPublic::Private), // site-local, RFC 3879
    (Network::v6([0xff00, 0, 0, 0], 8), NonPublic::Multicast),
];

/// The only part of IPv6 from which addresses are given to hosts.
const GLOBAL_UNICAST: Network = Network::v6([0x2000, 0, 0, 0], 3);

/// The well-known prefix by which networks without IPv4 reach it (NAT64, RFC 6052); the rest is the IPv4 address.
const NAT64: Network = Network::v6([0x64, 0xff9b, 0, 0], 96);

/// Takes public addresses only. IPv4 addresses mapped into IPv6 or behind the well-known NAT64 prefix are judged as
/// what they are; all other forms that carry IPv4 are refused, whatever they carry.
///
/// # Errors
/// What the address is instead.
pub fn require_public(address: IpAddr) -> Result<(), NonPublic> {
    match address {
        IpAddr::V4(_) => refused_by(&IPV4, address),
        IpAddr::V6(v6) => require_public_v6(v6),
    }
}

fn require_public_v6(v6: Ipv6Addr) -> Result<(), NonPublic> {
    let address = IpAddr::V6(v6);
    if v6.is_unspecified() {
        return Err(NonPublic::ThisNetwork);
    }
    if v6.is_loopback() {
        return Err(NonPublic::Loopback);
    }
    if let Some(mapped) = v6.to_ipv4_mapped() {
        return require_public(mapped.into());
    }
    if NAT64.contains(address) {
        return require_public(Ipv4Addr::from_bits(v6.to_bits() as u32).into());
    }
    refused_by(&IPV6, address)?;
    if !GLOBAL_UNICAST.contains(address) {
        return Err(NonPublic::Reserved);
    }
    // ISATAP, RFC 5214 6.1: an interface id of 0000:5efe or 0200:5efe and the IPv4 address, under any prefix.
    let segments = v6.segments();
    if matches!(segments[4], 0 | 0x0200) && segments[5] == 0x5efe {
        return Err(NonPublic::Transition);
    }
    Ok(())
}

fn refused_by(blocks: &[(Network, NonPublic)], address: IpAddr) -> Result<(), NonPublic> {
    blocks.iter().find(|(block, _)| block.contains(address)).map_or(Ok(()), |(_, reason)| Err(*reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(address: &str) -> Result<(), NonPublic> {
        require_public(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2400::1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "2c0f::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert_eq!(judged(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn each_block_is_refused_by_its_name_from_its_first_to_its_last_address() {
        for (address, reason) in [
            ("0.0.0.0", NonPublic::ThisNetwork),
            ("0.255.255.255", NonPublic::ThisNetwork),
            ("10.0.0.0", NonPublic::Private),
            ("10.255.255.255", NonPublic::Private),
            ("100.64.0.0", NonPublic::Shared),
            ("100.100.100.200", NonPublic::Shared),
            ("100.127.255.255", NonPublic::Shared),
            ("127.0.0.0", NonPublic::Loopback),
            ("127.255.255.255", NonPublic::Loopback),
            ("168.63.129.16", NonPublic::CloudService),
            ("169.254.0.0", NonPublic::LinkLocal),
            ("169.254.169.254", NonPublic::LinkLocal),
            ("169.254.255.255", NonPublic::LinkLocal),
            ("172.16.0.0", NonPublic::Private),
            ("172.31.255.255", NonPublic::Private),
            ("192.0.0.0", NonPublic::Protocol),
            ("192.0.0.192", NonPublic::Protocol),
            ("192.0.0.255", NonPublic::Protocol),
            ("192.0.2.0", NonPublic::Documentation),
            ("192.0.2.255", NonPublic::Documentation),
            ("192.31.196.1", NonPublic::Protocol),
            ("192.52.193.1", NonPublic::Protocol),
            ("192.88.99.1", NonPublic::Protocol),
            ("192.168.0.0", NonPublic::Private),
            ("192.168.255.255", NonPublic::Private),
            ("192.175.48.1", NonPublic::Protocol),
            ("198.18.0.0", NonPublic::Benchmark),
            ("198.19.255.255", NonPublic::Benchmark),
            ("198.51.100.255", NonPublic::Documentation),
            ("203.0.113.0", NonPublic::Documentation),
            ("224.0.0.0", NonPublic::Multicast),
            ("239.255.255.255", NonPublic::Multicast),
            ("240.0.0.0", NonPublic::Reserved),
            ("255.255.255.254", NonPublic::Reserved),
            ("255.255.255.255", NonPublic::Broadcast),
            ("::", NonPublic::ThisNetwork),
            ("::1", NonPublic::Loopback),
            ("::2", NonPublic::Transition),
            ("::8.8.8.8", NonPublic::Transition),
            ("::ffff:0:8.8.8.8", NonPublic::Reserved),
            ("::ffff:127.0.0.1", NonPublic::Loopback),
            ("::ffff:169.254.169.254", NonPublic::LinkLocal),
            ("64:ff9b::127.0.0.1", NonPublic::Loopback),
            ("64:ff9b::10.0.0.1", NonPublic::Private),
            ("64:ff9b:0:0:0:1::", NonPublic::Reserved),
            ("64:ff9b:1::", NonPublic::Transition),
            ("64:ff9b:1:ffff::1", NonPublic::Transition),
            ("100::", NonPublic::DiscardOnly),
            ("100:0:0:1::1", NonPublic::Protocol),
            ("200::1", NonPublic::Reserved),
            ("1fff:ffff::", NonPublic::Reserved),
            ("2001::1", NonPublic::Transition),
            ("2001:2::1", NonPublic::Protocol),
            ("2001:1ff:ffff::", NonPublic::Protocol),
            ("2001:db8::1", NonPublic::Documentation),
            ("2002:808:808::1", NonPublic::Transition),
            ("2620:4f:8000::1", NonPublic::Protocol),
            ("3ffe::1", NonPublic::Reserved),
            ("3fff::1", NonPublic::Documentation),
            ("3fff:fff:ffff::", NonPublic::Documentation),
            ("4000::", NonPublic::Reserved),
            ("5f00::1", NonPublic::Protocol),
            ("fc00::", NonPublic::UniqueLocal),
            ("fd00:ec2::254", NonPublic::UniqueLocal),
            ("fe00::1", NonPublic::Reserved),
            ("fe80::1", NonPublic::LinkLocal),
            ("febf::1", NonPublic::LinkLocal),
            ("fec0::1", NonPublic::Private),
            ("ff02::1", NonPublic::Multicast),
            ("2a00:1450::5efe:8.8.8.8", NonPublic::Transition),
            ("2a00:1450::200:5efe:10.0.0.1", NonPublic::Transition),
        ] {
            assert_eq!(judged(address), Err(reason), "{address}");
        }
    }

    /// Every way in which an IPv6 address carries an IPv4 address, as an address.
    fn carriers(v4: Ipv4Addr, prefix: u64) -> Vec<Ipv6Addr> {
        let bits = u128::from(v4.to_bits());
        let prefix = u128::from(prefix) << 64;
        [
            bits,
            0xffff << 32 | bits,
            0xffff << 48 | bits,
            0x64_ff9b << 96 | bits,
            0x64_ff9b_0001 << 80 | bits,
            0x64_ff9b_0001 << 80 | bits << 40,
            0x2002 << 112 | bits << 80,
            0x2001 << 112 | bits << 64,
            0x2001 << 112 | !bits & 0xffff_ffff,
            prefix | 0x5efe << 32 | bits,
            prefix | 0x0200_5efe << 32 | bits,
        ]
        .map(Ipv6Addr::from_bits)
        .to_vec()
    }

    proptest! {
        #[test]
        fn any_address_gets_a_judgement(bits: u128) {
            let _ = require_public(Ipv6Addr::from_bits(bits).into());
            let _ = require_public(Ipv4Addr::from_bits(bits as u32).into());
        }

        #[test]
        fn a_refused_ipv4_address_is_refused_in_every_ipv6_form(block in 0..IPV4.len(), low: u32, prefix: u64) {
            let IpAddr::V4(base) = IPV4[block].0.network_address() else { unreachable!() };
            let host_bits = 32 - u32::from(IPV4[block].0.prefix_bits());
            let mask = 1u32.checked_shl(host_bits).map_or(u32::MAX, |size| size - 1);
            let v4 = Ipv4Addr::from_bits(base.to_bits() | low & mask);
            prop_assert!(require_public(v4.into()).is_err());
            for v6 in carriers(v4, prefix) {
                prop_assert!(require_public(v6.into()).is_err(), "{v4} in {v6}");
            }
        }

        #[test]
        fn what_std_calls_not_global_is_never_public(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let known = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified();
            prop_assert!(!known || require_public(v4.into()).is_err());
        }
    }
}
