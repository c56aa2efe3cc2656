//! The floor: the least that any recorder of RTSP over TCP does. One thread reads what the cameras
//! send and writes it to a file each, RTP and all; no parsing, no container, no flush, no index.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Outcome;

/// `bench floor FOLDER URL...`, until it is killed.
pub fn run(words: &[String]) -> Outcome<()> {
    let (folder, urls) = words.split_first().ok_or("floor FOLDER URL...")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for (n, url) in urls.iter().enumerate() {
            let path = PathBuf::from(folder).join(format!("{n}.rtp"));
            tasks.spawn(camera(url.clone(), path));
        }
        while let Some(ended) = tasks.join_next().await {
            ended.map_err(|e| e.to_string())??;
        }
        Ok(())
    })
}

async fn camera(url: String, path: PathBuf) -> Outcome<()> {
    let words = |e: std::io::Error| format!("{url}: {e}");
    let host = url.trim_start_matches("rtsp://").split('/').next().unwrap_or_default().to_owned();
    let mut stream = TcpStream::connect(&host).await.map_err(words)?;
    let mut file = File::create(&path).map_err(words)?;
    let setup = format!(
        "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n\
         Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    );
    stream.write_all(setup.as_bytes()).await.map_err(words)?;
    let mut buffer = vec![0; 64 * 1024];
    let n = stream.read(&mut buffer).await.map_err(words)?;
    let answer = String::from_utf8_lossy(&buffer[..n]).into_owned();
    let session = answer
        .lines()
        .find_map(|l| l.strip_prefix("Session: ")?.split(';').next().map(str::to_owned))
        .ok_or_else(|| format!("{url}: {answer}"))?;
    let play = format!("PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n");
    stream.write_all(play.as_bytes()).await.map_err(words)?;
    loop {
        stream.readable().await.map_err(words)?;
        match stream.try_read(&mut buffer) {
            Ok(0) => return Err(format!("{url}: the camera hung up")),
            Ok(n) => file.write_all(&buffer[..n]).map_err(words)?,
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(e) => return Err(words(e)),
        }
    }
}
