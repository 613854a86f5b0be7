//! HTTPS without a proxy in front, and certificates for it.

use std::fs::{OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What [`make`] writes into its folder.
pub(crate) const AUTHORITY: &str = "authority.pem";
pub(crate) const CERTIFICATE: &str = "certificate.pem";
pub(crate) const KEY: &str = "key.pem";

/// How long certificates are good: as long as Apple's systems take, which is 825 days
/// (<https://support.apple.com/en-us/103769>).
const LIFETIME: TimeDelta = TimeDelta::days(820);

/// Reads a chain of certificates and its key, in PEM.
pub(crate) fn config(certificate: &Path, key: &Path) -> anyhow::Result<Arc<ServerConfig>> {
    let reading = |path: &Path| format!("reading {}", path.display());
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).with_context(|| reading(certificate))?.collect();
    let chain = chain.with_context(|| reading(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| reading(key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("'tls_certificate' and 'tls_key' do not go together")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Makes a certificate for hosts, and an authority that vouches for them and no others. Its key is thrown away, so that nobody
/// can have more certificates of it.
pub(crate) fn make(hosts: &[String], now: DateTime<Utc>, folder: &Path) -> anyhow::Result<()> {
    let day = |at: DateTime<Utc>| rcgen::date_time_ymd(at.year(), at.month() as u8, at.day() as u8);
    // Clocks of clients may be behind.
    let (from, until) = (day(now - TimeDelta::days(1)), day(now + LIFETIME));

    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "Rostrum on this machine");
    let permitted_subtrees = hosts.iter().cloned().map(GeneralSubtree::DnsName).collect();
    authority.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    (authority.not_before, authority.not_after) = (from, until);
    let authority_key = KeyPair::generate()?;
    let vouched = authority.self_signed(&authority_key)?;

    let mut certificate = CertificateParams::new(hosts.to_vec())?;
    certificate.distinguished_name.push(DnType::CommonName, "Rostrum");
    certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    certificate.use_authority_key_identifier_extension = true;
    (certificate.not_before, certificate.not_after) = (from, until);
    let key = KeyPair::generate()?;
    let certificate = certificate.signed_by(&key, &Issuer::from_params(&authority, &authority_key))?;

    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for (name, text, mode) in [
        (AUTHORITY, vouched.pem(), 0o644),
        (CERTIFICATE, certificate.pem(), 0o644),
        (KEY, key.serialize_pem(), 0o600),
    ] {
        let path = folder.join(name);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&path);
        let written = file.and_then(|mut file| {
            // One that was there keeps its mode.
            file.set_permissions(Permissions::from_mode(mode))?;
            file.write_all(text.as_bytes())
        });
        written.with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_was_made_can_be_served_and_its_key_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let hosts = ["api.example.org".to_owned()];
        make(&hosts, DateTime::UNIX_EPOCH + TimeDelta::days(20_000), folder.path()).unwrap();
        let [certificate, key] = [CERTIFICATE, KEY].map(|name| folder.path().join(name));
        config(&certificate, &key).unwrap();
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        // Another key does not go with it.
        let other = tempfile::tempdir().unwrap();
        make(&hosts, DateTime::UNIX_EPOCH + TimeDelta::days(20_000), other.path()).unwrap();
        let fault = config(&certificate, &other.path().join(KEY)).unwrap_err();
        assert!(format!("{fault:#}").contains("do not go together"), "{fault:#}");
        assert!(config(&key, &key).is_err());
    }
}
