//! Owns: names to addresses, addresses to TCP connections, in the errors' own words of CPython's `socket`.
//! Never: speaks over the connection.

use std::io;
use std::net::SocketAddr;
use tokio::net::{TcpSocket, TcpStream};

/// Why there is no connection.
#[derive(Debug)]
pub enum Dial {
    /// `getaddrinfo` failed: what `socket.gaierror` shows.
    Name(i32, String),
    /// No address answered: each with its error, in the order tried.
    Refused(Vec<(SocketAddr, io::Error)>),
}

/// The addresses of a host.
///
/// # Errors
/// As `getaddrinfo`.
pub async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Dial> {
    if let Ok(ip) = host.parse() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    match tokio::net::lookup_host((host, port)).await {
        Ok(found) => Ok(found.collect()),
        Err(e) => {
            let text = e.to_string();
            let why = text.rsplit(": ").next().unwrap_or(&text);
            // The standard library keeps the text of `gai_strerror` and drops the number.
            let number = match why {
                "Temporary failure in name resolution" => -3,
                "Non-recoverable failure in name resolution" => -4,
                "No address associated with hostname" => -5,
                _ => -2,
            };
            Err(Dial::Name(number, why.to_owned()))
        }
    }
}

/// Connects to the first address of the host that answers.
///
/// # Errors
/// No such name, or nobody there.
pub async fn dial(host: &str, port: u16, local: Option<std::net::IpAddr>) -> Result<TcpStream, Dial> {
    let mut failed = vec![];
    for address in resolve(host, port).await? {
        let made = match local {
            None => TcpStream::connect(address).await,
            Some(ip) => bound(address, ip).await,
        };
        match made {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(e) => failed.push((address, e)),
        }
    }
    Err(Dial::Refused(failed))
}
async fn bound(address: SocketAddr, ip: std::net::IpAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(SocketAddr::new(ip, 0))?;
    socket.connect(address).await
}
