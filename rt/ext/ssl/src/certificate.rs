//! Owns: a certificate as the dict that `getpeercert` gives, and PEM files.
//! Never: verifies.
//! Source: CPython 3.13, Modules/_ssl.c (`_decode_certificate`, `_create_tuple_for_X509_NAME`).

use rtcore::error::PyResult;
use rtcore::types::dict::Dict;
use rtcore::types::{bytes, tuple};
use rtcore::value::Value;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate, X509Name};
use x509_parser::time::ASN1Time;

/// OpenSSL's long names of the parts of a distinguished name.
const NAMES: &[(&str, &str)] = &[
    ("2.5.4.3", "commonName"),
    ("2.5.4.4", "surname"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.9", "streetAddress"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "organizationalUnitName"),
    ("2.5.4.12", "title"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
    ("0.9.2342.19200300.100.1.1", "userId"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionLocalityName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionStateOrProvinceName"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionCountryName"),
];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn pair(name: &str, v: Value) -> Value {
    tuple::new(vec![Value::str(name), v])
}
fn name(of: &X509Name) -> Value {
    let parts = of.iter_rdn().map(|rdn| {
        let all = rdn.iter().map(|attribute| {
            let oid = attribute.attr_type().to_id_string();
            let long = NAMES.iter().find(|row| row.0 == oid).map_or(oid.as_str(), |row| row.1);
            let text = attribute.as_str().map_or_else(|_| String::from_utf8_lossy(attribute.as_slice()).into_owned(), str::to_owned);
            pair(long, Value::string(text))
        });
        tuple::new(all.collect())
    });
    tuple::new(parts.collect())
}
/// `Nov 29 19:07:48 2026 GMT`.
fn date(time: &ASN1Time) -> Value {
    let at = time.to_datetime();
    let month = MONTHS.get(usize::from(u8::from(at.month())) - 1).copied().unwrap_or("");
    Value::string(format!("{month} {:>2} {:02}:{:02}:{:02} {} GMT", at.day(), at.hour(), at.minute(), at.second(), at.year()))
}
fn general_name(of: &GeneralName) -> Value {
    match of {
        GeneralName::DNSName(text) => pair("DNS", Value::str(text)),
        GeneralName::RFC822Name(text) => pair("email", Value::str(text)),
        GeneralName::URI(text) => pair("URI", Value::str(text)),
        GeneralName::DirectoryName(directory) => pair("DirName", name(directory)),
        GeneralName::IPAddress(octets) => pair("IP Address", Value::string(address(octets))),
        GeneralName::RegisteredID(oid) => pair("Registered ID", Value::string(oid.to_id_string())),
        _ => pair("othername", Value::str("<unsupported>")),
    }
}
fn address(octets: &[u8]) -> String {
    match <[u8; 16]>::try_from(octets) {
        Ok(long) => long.chunks(2).map(|part| format!("{:X}", part.iter().fold(0u16, |sum, byte| sum << 8 | u16::from(*byte)))).collect::<Vec<_>>().join(":"),
        Err(_) => octets.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
    }
}
fn dict(rows: Vec<(&str, Value)>) -> PyResult {
    let v = Dict::new_value();
    if let Some(d) = v.downcast::<Dict>() {
        for (key, value) in rows {
            d.set_name(rtcore::name::Name::new(key), value);
        }
    }
    Ok(v)
}

/// The dict; empty for what is no certificate.
pub fn decode(der: &[u8]) -> PyResult {
    let Ok((_, cert)) = X509Certificate::from_der(der) else { return dict(vec![]) };
    let serial: String = cert.raw_serial().iter().skip_while(|byte| **byte == 0).map(|byte| format!("{byte:02X}")).collect();
    let mut rows = vec![
        ("subject", name(cert.subject())),
        ("issuer", name(cert.issuer())),
        ("version", Value::int(i64::from(cert.version().0) + 1)),
        ("serialNumber", Value::string(if serial.is_empty() { "00".to_owned() } else { serial })),
        ("notBefore", date(&cert.validity().not_before)),
        ("notAfter", date(&cert.validity().not_after)),
    ];
    let (mut ocsp, mut issuers, mut lists) = (vec![], vec![], vec![]);
    for extension in cert.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                rows.push(("subjectAltName", tuple::new(names.general_names.iter().map(general_name).collect())));
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                for one in &access.accessdescs {
                    if let GeneralName::URI(uri) = &one.access_location {
                        match one.access_method.to_id_string().as_str() {
                            "1.3.6.1.5.5.7.48.1" => ocsp.push(Value::str(uri)),
                            "1.3.6.1.5.5.7.48.2" => issuers.push(Value::str(uri)),
                            _ => {}
                        }
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                let names = points.points.iter().filter_map(|point| match &point.distribution_point {
                    Some(x509_parser::extensions::DistributionPointName::FullName(names)) => Some(names),
                    Some(x509_parser::extensions::DistributionPointName::NameRelativeToCRLIssuer(_)) | None => None,
                });
                for one in names.flatten() {
                    if let GeneralName::URI(uri) = one {
                        lists.push(Value::str(uri));
                    }
                }
            }
            _ => {}
        }
    }
    for (key, found) in [("OCSP", ocsp), ("caIssuers", issuers), ("crlDistributionPoints", lists)] {
        if !found.is_empty() {
            rows.push((key, tuple::new(found)));
        }
    }
    dict(rows)
}
pub fn der(cert: &CertificateDer) -> Value {
    bytes::from_slice(cert.as_ref())
}
/// An authority's certificate (`X509_check_ca`).
pub fn is_authority(cert: &CertificateDer) -> bool {
    X509Certificate::from_der(cert).is_ok_and(|(_, cert)| cert.is_ca())
}
pub fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}
pub fn key(pem: &[u8]) -> Option<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem).ok()
}
/// Certificates one behind the other.
pub fn split_der(mut raw: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut all = vec![];
    while let Ok((rest, _)) = X509Certificate::from_der(raw) {
        all.push(CertificateDer::from(raw[..raw.len() - rest.len()].to_vec()));
        if rest.is_empty() {
            break;
        }
        raw = rest;
    }
    all
}
