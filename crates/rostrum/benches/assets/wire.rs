//! HTTP by hand over one connection, so that the client costs as little as possible.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Bytes sent or read at a time.
const BLOCK: usize = 1 << 20;

/// A sound of a length in bytes that nobody else has: the header of a WAV file, then noise.
pub(crate) struct Noise {
    state: u64,
    header: Vec<u8>,
}

impl Noise {
    /// Noise of its own for each seed.
    pub(crate) fn new(seed: u64, length: usize) -> Self {
        let field = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes();
        let mut header = b"RIFF".to_vec();
        header.extend(field(length - 8));
        header.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data");
        header.extend(field(length - 44));
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, header }
    }

    /// Fills a block (xorshift64, Marsaglia 2003); the first one begins with the header.
    pub(crate) fn fill(&mut self, block: &mut [u8]) {
        for word in block.chunks_mut(8) {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            word.copy_from_slice(&self.state.to_le_bytes()[..word.len()]);
        }
        let header = self.header.len().min(block.len());
        block[..header].copy_from_slice(&self.header[..header]);
        self.header.drain(..header);
    }
}

/// Sends a request of `length` bytes, read from `body`, and gives the status and the answer's body.
pub(crate) fn send(address: &str, head: &str, body: &mut impl Read, length: usize) -> (u16, Vec<u8>) {
    let mut connection = TcpStream::connect(address).expect("the server listens");
    connection.write_all(head.as_bytes()).expect("the server reads");
    let mut block = vec![0; BLOCK];
    let mut left = length;
    while left > 0 {
        let size = left.min(BLOCK);
        body.read_exact(&mut block[..size]).expect("the body is there");
        connection.write_all(&block[..size]).expect("the server reads");
        left -= size;
    }
    let mut answer = Vec::new();
    let status = receive(&mut connection, |piece| answer.extend_from_slice(piece));
    (status, answer)
}

/// Asks for a file and throws it away; gives the status and the number of bytes.
pub(crate) fn get(address: &str, path: &str, range: Option<(usize, usize)>) -> (u16, usize) {
    let mut connection = TcpStream::connect(address).expect("the server listens");
    let range = range.map_or(String::new(), |(from, to)| format!("Range: bytes={from}-{to}\r\n"));
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{range}Connection: close\r\n\r\n");
    connection.write_all(head.as_bytes()).expect("the server reads");
    let mut size = 0;
    let status = receive(&mut connection, |piece| size += piece.len());
    (status, size)
}

/// Reads an answer until the connection closes.
fn receive(connection: &mut TcpStream, mut take: impl FnMut(&[u8])) -> u16 {
    let mut reader = BufReader::with_capacity(BLOCK, connection);
    let mut line = String::new();
    reader.read_line(&mut line).expect("the server answers");
    let status = line.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("a status line");
    loop {
        line.clear();
        reader.read_line(&mut line).expect("the server answers");
        if line.trim().is_empty() {
            break;
        }
    }
    loop {
        let piece = reader.fill_buf().expect("the server answers");
        if piece.is_empty() {
            return status;
        }
        let length = piece.len();
        take(piece);
        reader.consume(length);
    }
}
