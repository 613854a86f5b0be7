//! URLs that carry their own permission: AWS Signature Version 4 in the query. (The one of `object_store` does not sign
//! `Content-Length`, and then anybody with the URL could fill the bucket.)

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use object_store::aws::AwsCredential;
use sha2::{Digest, Sha256};
use url::Url;

/// What is signed.
pub(super) struct ToSign<'a> {
    pub method: &'a str,
    /// Without a query; its path has no characters that would have to be escaped.
    pub url: &'a Url,
    pub query: &'a [(&'a str, String)],
    /// Lower-case names; `host` is added.
    pub headers: &'a [(&'a str, String)],
    pub region: &'a str,
    pub now: DateTime<Utc>,
    pub lifetime: TimeDelta,
}

/// The signed URL.
pub(super) fn presign(credential: &AwsCredential, request: &ToSign<'_>) -> String {
    let ToSign { method, url, region, now, .. } = request;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut headers = vec![("host", host.to_owned())];
    headers.extend_from_slice(request.headers);
    headers.sort();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let canonical_headers: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}:{}", value.trim())).collect();
    let canonical_headers = canonical_headers.join("\n");

    let scope = format!("{}/{region}/s3/aws4_request", now.format("%Y%m%d"));
    let time = now.format("%Y%m%dT%H%M%SZ").to_string();
    let mut query = vec![
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("X-Amz-Credential", format!("{}/{scope}", credential.key_id)),
        ("X-Amz-Date", time.clone()),
        ("X-Amz-Expires", request.lifetime.num_seconds().to_string()),
        ("X-Amz-SignedHeaders", names.clone()),
    ];
    if let Some(token) = &credential.token {
        query.push(("X-Amz-Security-Token", token.clone()));
    }
    query.extend_from_slice(request.query);
    query.sort();
    let query: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    let query = query.join("&");

    let canonical =
        format!("{method}\n{}\n{query}\n{canonical_headers}\n\n{names}\nUNSIGNED-PAYLOAD", url.path());
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut key = format!("AWS4{}", credential.secret_key).into_bytes();
    for fact in [&*now.format("%Y%m%d").to_string(), region, "s3", "aws4_request", &to_sign] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
        mac.update(fact.as_bytes());
        key = mac.finalize().into_bytes().to_vec();
    }
    format!("{url}?{query}&X-Amz-Signature={}", hex(&key))
}

/// Escapes all but the characters that RFC 3986 leaves unreserved.
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("a string takes all that is written to it");
        }
        escaped
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_printed_there() {
        let credential = AwsCredential {
            key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            token: None,
        };
        let url = Url::parse("https://examplebucket.s3.amazonaws.com/test.txt").unwrap();
        let signed = presign(
            &credential,
            &ToSign {
                method: "GET",
                url: &url,
                query: &[],
                headers: &[],
                region: "us-east-1",
                now: "2013-05-24T00:00:00Z".parse().unwrap(),
                lifetime: TimeDelta::days(1),
            },
        );
        let signature = signed.rsplit('=').next().unwrap();
        assert_eq!(signature, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    #[test]
    fn parts_headers_and_a_session_are_signed_as_botocore_does() {
        let credential = AwsCredential {
            key_id: "KEY".to_owned(),
            secret_key: "SECRET".to_owned(),
            token: Some("TO/KEN=".to_owned()),
        };
        let url = Url::parse("http://127.0.0.1:9000/b/p/unfinished/x/sent").unwrap();
        let headers = [
            ("content-type", "video/mp4".to_owned()),
            ("x-amz-checksum-sha256", "abc=".to_owned()),
            ("content-length", "17".to_owned()),
        ];
        let signed = presign(
            &credential,
            &ToSign {
                method: "PUT",
                url: &url,
                query: &[("partNumber", "3".to_owned()), ("uploadId", "a+b/c=".to_owned())],
                headers: &headers,
                region: "eu-west-1",
                now: "2026-01-02T03:04:05Z".parse().unwrap(),
                lifetime: TimeDelta::hours(1),
            },
        );
        // botocore 1.44.5, S3SigV4QueryAuth.
        let signature = "acc3e42c55905113d4c51ad497c3e003121639d750b9e67ea656e00bdc2a6742";
        assert_eq!(signed.rsplit('=').next(), Some(signature));
        assert!(
            signed
                .contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256")
        );
    }
}
