//! Owns: what is sent over HTTP/2: nothing, bytes at hand, or chunks that a Python iterator gives one by one.
//! Never: asks Python for them.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// The body of a request.
pub enum Outgoing {
    Whole(Option<Bytes>),
    Chunks(mpsc::Receiver<Bytes>),
}
impl Outgoing {
    pub fn whole(data: Vec<u8>) -> Outgoing {
        Outgoing::Whole((!data.is_empty()).then(|| Bytes::from(data)))
    }
}
impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Outgoing::Whole(b) => Poll::Ready(b.take().map(|b| Ok(Frame::data(b)))),
            Outgoing::Chunks(rx) => rx.poll_recv(cx).map(|c| c.map(|b| Ok(Frame::data(b)))),
        }
    }
    fn is_end_stream(&self) -> bool {
        matches!(self, Outgoing::Whole(None))
    }
    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Whole(b) => SizeHint::with_exact(b.as_ref().map_or(0, |b| b.len() as u64)),
            Outgoing::Chunks(_) => SizeHint::default(),
        }
    }
}

/// The next piece of data of an answer; trailers are passed over.
pub async fn next_data(incoming: &mut hyper::body::Incoming) -> Option<Result<Bytes, hyper::Error>> {
    loop {
        match incoming.frame().await? {
            Ok(frame) => {
                if let Ok(data) = frame.into_data()
                    && !data.is_empty()
                {
                    return Some(Ok(data));
                }
            }
            Err(e) => return Some(Err(e)),
        }
    }
}
