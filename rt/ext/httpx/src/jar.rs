//! Owns: the rules of cookies: what a `Set-Cookie` header sets, which cookies go with a request.
//! Never: makes Python objects.
//! Source: CPython 3.13, Lib/http/cookiejar.py (DefaultCookiePolicy, Netscape cookies).

use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Clone, Debug)]
pub struct Cookie {
    pub name: String,
    pub value: Option<String>,
    pub domain: String,
    pub domain_specified: bool,
    pub path: String,
    pub secure: bool,
    pub expires: Option<i64>,
}
/// Where a request goes.
pub struct Target<'a> {
    pub host: &'a str,
    pub path: &'a str,
    pub secure: bool,
}

#[derive(Clone, Default, Debug)]
pub struct Jar {
    cookies: Vec<Cookie>,
    /// Domains and paths in the order of their first cookies.
    places: Vec<(String, String)>,
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64)
}
/// `eff_request_host`.
fn effective(host: &str) -> String {
    let host = host.to_lowercase();
    if host.contains('.') || host.contains(':') { host } else { format!("{host}.local") }
}
fn dotted(text: &str) -> String {
    if text.starts_with('.') { text.to_owned() } else { format!(".{text}") }
}

impl Jar {
    /// In the order of `CookieJar.__iter__`: by domain, then path, then name, each as first set. A domain or path
    /// whose last cookie was deleted keeps its turn.
    pub fn all(&self) -> Vec<&Cookie> {
        let mut out: Vec<&Cookie> = vec![];
        let mut domains: Vec<&str> = vec![];
        for (d, _) in &self.places {
            if domains.contains(&d.as_str()) {
                continue;
            }
            domains.push(d);
            for (_, p) in self.places.iter().filter(|(domain, _)| domain == d) {
                out.extend(self.cookies.iter().filter(|c| c.domain == *d && c.path == *p));
            }
        }
        out
    }
    /// Drops everything, a domain, or a path of it. False when there is none.
    pub fn clear(&mut self, domain: Option<&str>, path: Option<&str>) -> bool {
        let fits = |d: &str, p: &str| domain.is_none_or(|own| own == d) && path.is_none_or(|own| own == p);
        let found = domain.is_none() || self.places.iter().any(|(d, p)| fits(d, p));
        self.cookies.retain(|c| !fits(&c.domain, &c.path));
        self.places.retain(|(d, p)| !fits(d, p));
        found
    }
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }
    pub fn len(&self) -> usize {
        self.cookies.len()
    }
    pub fn set(&mut self, new: Cookie) {
        if !self.places.iter().any(|(d, p)| *d == new.domain && *p == new.path) {
            self.places.push((new.domain.clone(), new.path.clone()));
        }
        match self.cookies.iter_mut().find(|c| c.domain == new.domain && c.path == new.path && c.name == new.name) {
            Some(old) => *old = new,
            None => self.cookies.push(new),
        }
    }
    pub fn set_plain(&mut self, name: &str, value: &str, domain: &str, path: &str) {
        self.set(Cookie {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            domain: domain.to_owned(),
            domain_specified: !domain.is_empty(),
            path: path.to_owned(),
            secure: false,
            expires: None,
        });
    }
    pub fn retain(&mut self, keep: impl Fn(&Cookie) -> bool) {
        self.cookies.retain(keep);
    }
    pub fn update(&mut self, other: &Jar) {
        for c in other.all() {
            self.set(c.clone());
        }
    }
    /// Loads the cookies of `Set-Cookie` headers.
    pub fn extract<'a>(&mut self, headers: impl Iterator<Item = &'a str>, to: &Target<'_>) {
        for header in headers {
            self.take(header, to);
        }
    }
    fn take(&mut self, header: &str, to: &Target<'_>) {
        let mut parts = header.split(';');
        let Some((name, value)) = parts.next().map(|first| match first.split_once('=') {
            Some((n, v)) => (n.trim().to_owned(), Some(v.trim().to_owned())),
            None => (first.trim().to_owned(), None),
        }) else {
            return;
        };
        if name.is_empty() {
            return;
        }
        let effective = effective(to.host);
        let mut c = Cookie {
            name,
            value,
            domain: effective.clone(),
            domain_specified: false,
            path: String::new(),
            secure: false,
            expires: None,
        };
        let (mut path, mut max_age) = (None, None);
        for part in parts {
            let (k, v) = part.split_once('=').map_or((part.trim(), ""), |(k, v)| (k.trim(), v.trim().trim_matches('"')));
            match k.to_ascii_lowercase().as_str() {
                "domain" if !v.is_empty() => {
                    c.domain = dotted(&v.to_lowercase());
                    c.domain_specified = true;
                }
                "path" if !v.is_empty() => path = Some(v.to_owned()),
                "secure" => c.secure = true,
                "max-age" => max_age = v.parse::<i64>().ok().or(max_age),
                "expires" => c.expires = http_date(v),
                _ => {}
            }
        }
        c.path = path.unwrap_or_else(|| match to.path.rfind('/') {
            Some(0) | None => "/".to_owned(),
            Some(at) => to.path.get(..at).unwrap_or("/").to_owned(),
        });
        if let Some(age) = max_age {
            c.expires = Some(now() + age);
        }
        if c.domain_specified {
            let plain = c.domain.trim_start_matches('.');
            let inside = effective.ends_with(&c.domain) || dotted(&effective).ends_with(&c.domain);
            if (!plain.contains('.') && c.domain != ".local") || !inside {
                return;
            }
        }
        if c.expires.is_some_and(|at| at <= now()) {
            self.retain(|old| old.domain != c.domain || old.path != c.path || old.name != c.name);
            return;
        }
        self.set(c);
    }
    /// The `Cookie` header of a request.
    pub fn header(&mut self, to: &Target<'_>) -> Option<String> {
        let now = now();
        self.retain(|c| c.expires.is_none_or(|at| at > now));
        let (host, effective) = (dotted(&to.host.to_lowercase()), dotted(&effective(to.host)));
        let fits = |c: &&Cookie| {
            let domain = if c.domain.is_empty() { String::new() } else { dotted(&c.domain) };
            let inside = host.ends_with(&domain) || effective.ends_with(&domain);
            let below = to.path == c.path
                || (to.path.starts_with(&c.path) && (c.path.ends_with('/') || to.path.get(c.path.len()..).is_some_and(|r| r.starts_with('/'))));
            inside && below && (!c.secure || to.secure)
        };
        let mut found: Vec<&Cookie> = self.all().into_iter().filter(fits).collect();
        found.sort_by_key(|c| std::cmp::Reverse(c.path.len()));
        let text = |c: &Cookie| match &c.value {
            Some(v) => format!("{}={v}", c.name),
            None => c.name.clone(),
        };
        (!found.is_empty()).then(|| found.into_iter().map(text).collect::<Vec<_>>().join("; "))
    }
}

/// `http2time` of the forms that servers send.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (mut day, mut month, mut year, mut clock) = (None, None, None, (0i64, 0i64, 0i64));
    for word in text.split([' ', ',', '-', '\t']).filter(|w| !w.is_empty()) {
        if word.contains(':') {
            let mut parts = word.split(':').map(|p| p.parse::<i64>().ok());
            clock = (parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0));
        } else if let Ok(n) = word.parse::<i64>() {
            if day.is_none() { day = Some(n) } else if year.is_none() { year = Some(n) }
        } else if let Some(m) = MONTHS.iter().position(|m| word.to_ascii_lowercase().starts_with(m)) {
            month = month.or(Some(m as i64 + 1));
        }
    }
    let (d, m, mut y) = (day?, month?, year?);
    if y < 70 {
        y += 2000;
    } else if y < 100 {
        y += 1900;
    }
    // Days from the civil date (Howard Hinnant's algorithm).
    let shifted = if m <= 2 { y - 1 } else { y };
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400 + clock.0 * 3600 + clock.1 * 60 + clock.2)
}
