//! Owns: multipart form data: fields, files, boundaries, the length.
//! Never: sends it.
//! Source: httpx 0.28, _multipart.py.

use crate::content::file_length;
use crate::py::*;
use crate::query;

pub enum Part {
    Data(Vec<u8>),
    /// Something with `read`.
    File(Value),
}
impl Part {
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        match self {
            Part::Data(_) => {}
            Part::File(v) => visit(v),
        }
    }
}
pub struct Multipart {
    pub parts: Vec<Part>,
    pub content_type: String,
    pub length: Option<u64>,
}

fn form_param(name: &str, value: &str) -> Vec<u8> {
    let mut out = format!("{name}=\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("%22"),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 && c as u32 != 0x1b => out.push_str(&format!("%{:02X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out.into_bytes()
}
/// `mimetypes.guess_type` of what is uploaded most.
fn guess_type(filename: &str) -> &'static str {
    let ext = filename.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
    TYPES.iter().find(|(e, _)| *e == ext).map_or("application/octet-stream", |(_, t)| t)
}
const TYPES: &[(&str, &str)] = &[
    ("txt", "text/plain"), ("log", "text/plain"), ("c", "text/plain"), ("h", "text/plain"), ("html", "text/html"), ("htm", "text/html"),
    ("css", "text/css"), ("csv", "text/csv"), ("tsv", "text/tab-separated-values"), ("md", "text/markdown"), ("py", "text/x-python"),
    ("xml", "text/xml"), ("js", "text/javascript"), ("mjs", "text/javascript"), ("vcf", "text/x-vcard"), ("rtf", "text/rtf"),
    ("json", "application/json"), ("pdf", "application/pdf"), ("zip", "application/zip"), ("tar", "application/x-tar"),
    ("wasm", "application/wasm"), ("doc", "application/msword"), ("xls", "application/vnd.ms-excel"), ("ppt", "application/vnd.ms-powerpoint"),
    ("sh", "application/x-sh"), ("ps", "application/postscript"), ("m3u8", "application/vnd.apple.mpegurl"),
    ("png", "image/png"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("gif", "image/gif"), ("svg", "image/svg+xml"),
    ("webp", "image/webp"), ("bmp", "image/bmp"), ("ico", "image/vnd.microsoft.icon"), ("tif", "image/tiff"), ("tiff", "image/tiff"),
    ("avif", "image/avif"), ("heic", "image/heic"), ("mp3", "audio/mpeg"), ("wav", "audio/x-wav"), ("aac", "audio/aac"),
    ("opus", "audio/opus"), ("mp4", "video/mp4"), ("mpeg", "video/mpeg"), ("webm", "video/webm"), ("mov", "video/quicktime"),
    ("avi", "video/x-msvideo"), ("bin", "application/octet-stream"), ("exe", "application/octet-stream"),
];

/// `get_multipart_boundary_from_content_type`.
pub fn boundary_of(content_type: &str) -> Option<String> {
    if !content_type.starts_with("multipart/form-data") {
        return None;
    }
    let section = content_type.split(';').map(str::trim).find(|s| s.to_lowercase().starts_with("boundary="))?;
    section.get("boundary=".len()..).map(|b| b.trim_matches('"').to_owned())
}
fn random_boundary() -> String {
    let mut data = [0u8; 16];
    // SAFETY: the pointer and the length describe the array.
    unsafe { libc::getrandom(data.as_mut_ptr().cast(), data.len(), 0) };
    data.iter().map(|b| format!("{b:02x}")).collect()
}

struct Build {
    parts: Vec<Part>,
    data: Vec<u8>,
    length: Option<u64>,
}
impl Build {
    fn data(&mut self, d: &[u8]) {
        self.data.extend_from_slice(d);
        self.length = self.length.map(|n| n + d.len() as u64);
    }
    fn file(&mut self, f: Value) -> PyResult<()> {
        let n = file_length(&f)?;
        self.length = self.length.zip(n).map(|(a, b)| a + b);
        let before = std::mem::take(&mut self.data);
        self.parts.extend([Part::Data(before), Part::File(f)]);
        Ok(())
    }
    fn field(&mut self, name: &Value, value: &Value) -> PyResult<()> {
        let Some(name) = name.as_str() else {
            return Err(type_error(format!("Invalid type for name. Expected str, got {}: {}", type_repr(name), repr(name)?)));
        };
        let primitive = value.is_none() || is_str(value) || is_bytes(value) || rtcore::protocol::number::plain_f64(value).is_some();
        if !primitive {
            return Err(type_error(format!("Invalid type for value. Expected primitive type, got {}: {}", type_repr(value), repr(value)?)));
        }
        self.data(b"Content-Disposition: form-data; ");
        self.data(&form_param("name", name));
        self.data(b"\r\n\r\n");
        match data_of(value) {
            Some(d) => self.data(&d),
            None => self.data(query::primitive(value)?.as_bytes()),
        }
        Ok(())
    }
    fn upload(&mut self, name: &Value, value: &Value) -> PyResult<()> {
        let (mut filename, mut file, mut content_type, mut extra) = (None, value.clone(), None, vec![]);
        if is_tuple(value) {
            let items = rtcore::types::tuple::items(value);
            filename = items.first().filter(|v| !v.is_none()).map(to_str).transpose()?;
            file = items.get(1).cloned().unwrap_or(NONE);
            content_type = items.get(2).filter(|v| !v.is_none()).map(to_str).transpose()?;
            for (k, v) in items.get(3).map(pairs).transpose()?.unwrap_or_default() {
                extra.push((to_str(&k)?, to_str(&v)?));
            }
        } else {
            let given = getattr_opt(value, "name")?.map(|n| to_str(&n)).transpose()?.unwrap_or_else(|| "upload".into());
            filename = Some(given.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned()).or(filename);
        }
        let content_type = content_type.or_else(|| filename.as_deref().filter(|f| !f.is_empty()).map(|f| guess_type(f).to_owned()));
        let has = extra.iter().any(|(k, _): &(String, String)| k.to_lowercase().contains("content-type"));
        if let Some(t) = content_type.filter(|_| !has) {
            extra.push(("Content-Type".into(), t));
        }
        match file.ty().name() {
            "StringIO" => return Err(type_error("Multipart file uploads require 'io.BytesIO', not 'io.StringIO'.")),
            "TextIOWrapper" => return Err(type_error("Multipart file uploads must be opened in binary mode, not text mode.")),
            _ => {}
        }
        self.data(b"Content-Disposition: form-data; ");
        self.data(&form_param("name", text_of(name, "name")?));
        if let Some(f) = filename.filter(|f| !f.is_empty()) {
            self.data(b"; ");
            self.data(&form_param("filename", &f));
        }
        for (k, v) in extra {
            self.data(format!("\r\n{k}: {v}").as_bytes());
        }
        self.data(b"\r\n\r\n");
        match (data_of(&file), file.as_str()) {
            (Some(d), _) => self.data(&d),
            (None, Some(t)) => self.data(t.as_bytes()),
            (None, None) => self.file(file)?,
        }
        Ok(())
    }
}

pub fn encode(data: &Value, files: &Value, boundary: Option<String>) -> PyResult<Multipart> {
    let boundary = boundary.unwrap_or_else(random_boundary);
    let mut b = Build { parts: vec![], data: vec![], length: Some(0) };
    let open = format!("--{boundary}\r\n");
    if !absent(data) {
        for (k, v) in pairs(data)? {
            let all = if is_list(&v) || is_tuple(&v) { collect(&v)? } else { vec![v] };
            for one in all {
                b.data(open.as_bytes());
                b.field(&k, &one)?;
                b.data(b"\r\n");
            }
        }
    }
    let items = if is_mapping(files)? {
        pairs(files)?
    } else {
        collect(files)?.iter().map(|i| rtcore::protocol::iter::unpack::<2>(i).map(|[a, b]| (a, b))).collect::<PyResult<Vec<_>>>()?
    };
    for (k, v) in items {
        b.data(open.as_bytes());
        b.upload(&k, &v)?;
        b.data(b"\r\n");
    }
    b.data(format!("--{boundary}--\r\n").as_bytes());
    let Build { mut parts, data, length } = b;
    parts.push(Part::Data(data));
    Ok(Multipart { parts, content_type: format!("multipart/form-data; boundary={boundary}"), length })
}
