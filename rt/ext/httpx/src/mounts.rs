//! Owns: which transport a URL goes to: mounted patterns and the proxies of the environment.
//! Never: makes transports.
//! Source: httpx 0.28, _utils.py (URLPattern, get_environment_proxies).

use crate::py::*;
use crate::urlparse::{Given, Parts, parse};
use std::env;

pub struct Mount {
    pub pattern: String,
    url: Parts,
    pub transport: Value,
}
impl Mount {
    pub fn new(pattern: &str, transport: Value) -> PyResult<Mount> {
        if !pattern.is_empty() && !pattern.contains(':') {
            return Err(value_error(format!(
                "Proxy keys should use proper URL forms rather than plain scheme strings. Instead of \"{pattern}\", use \"{pattern}://\""
            )));
        }
        let url = parse(pattern, Given::default()).map_err(|e| crate::errors::raise(&crate::errors::INVALID_URL, e))?;
        Ok(Mount { pattern: pattern.to_owned(), url, transport })
    }
    fn scheme(&self) -> &str {
        if self.url.scheme == "all" { "" } else { &self.url.scheme }
    }
    fn host(&self) -> &str {
        if self.url.host == "*" { "" } else { &self.url.host }
    }
    pub fn matches(&self, other: &Parts) -> bool {
        if !self.scheme().is_empty() && self.scheme() != other.scheme {
            return false;
        }
        let (host, theirs) = (self.host(), other.host.as_str());
        let below = |domain: &str| theirs.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
        let fits = match (host.strip_prefix("*."), host.strip_prefix('*')) {
            (Some(domain), _) => below(domain),
            (None, Some(domain)) => theirs == domain || below(domain),
            (None, None) => host.is_empty() || theirs == host,
        };
        fits && self.url.port.is_none_or(|p| other.port == Some(p))
    }
    /// The most specific pattern comes first.
    pub fn priority(&self) -> (bool, std::cmp::Reverse<usize>, std::cmp::Reverse<usize>) {
        (self.url.port.is_none(), std::cmp::Reverse(self.host().len()), std::cmp::Reverse(self.scheme().len()))
    }
}

fn variable(name: &str) -> Option<String> {
    let lower = env::var(format!("{name}_proxy")).ok();
    // `HTTP_PROXY` may come from a request's header in a CGI program.
    let upper = || env::var(format!("{}_PROXY", name.to_uppercase())).ok().filter(|_| name != "http" || env::var_os("REQUEST_METHOD").is_none());
    lower.or_else(upper).filter(|v| !v.is_empty())
}
/// The patterns that the environment asks for, each with its proxy or with none.
pub fn environment() -> Vec<(String, Option<String>)> {
    let mut out = vec![];
    for scheme in ["http", "https", "all"] {
        if let Some(host) = variable(scheme) {
            out.push((format!("{scheme}://"), Some(if host.contains("://") { host } else { format!("http://{host}") })));
        }
    }
    for host in variable("no").unwrap_or_default().split(',').map(str::trim) {
        if host == "*" {
            return vec![];
        }
        if host.is_empty() {
            continue;
        }
        let plain = host.split('/').next().unwrap_or("");
        out.push((
            if host.contains("://") {
                host.to_owned()
            } else if plain.parse::<std::net::Ipv4Addr>().is_ok() || host.eq_ignore_ascii_case("localhost") {
                format!("all://{host}")
            } else if plain.parse::<std::net::Ipv6Addr>().is_ok() {
                format!("all://[{host}]")
            } else {
                format!("all://*{host}")
            },
            None,
        ));
    }
    out
}
