//! A clip on its way: one thread reads, one hashes its pictures, one hashes and writes its file.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::source::Block;
use crate::base::digest::{Digest, Summing};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::DiskFile;

/// Blocks on their way from one thread to the next.
const BLOCKS: usize = 8;
/// Written pages are sent on to the device after so many bytes.
const BURST_BYTES: u64 = 8 << 20;
/// The writer has ended, and says why by itself.
const NO_LONGER: &str = "the file can no longer be written";

/// Where blocks of a clip go.
pub(super) struct Threads {
    to_stream: SyncSender<Arc<Block>>,
    to_file: SyncSender<Arc<Block>>,
}

impl Threads {
    pub(super) fn give(&self, block: Block) -> Result<(), Fault> {
        let block = Arc::new(block);
        let gone = |_| Fault::new(FaultKind::Io, NO_LONGER);
        self.to_stream.send(block.clone()).map_err(gone)?;
        self.to_file.send(block).map_err(gone)
    }
}

/// Runs `feed` beside two threads: one hashes the stream, one hashes and writes the file.
pub(super) fn stream(
    mut out: Box<dyn DiskFile>,
    header: Vec<u8>,
    feed: &mut dyn FnMut(&Threads) -> Result<(), Fault>,
) -> Result<Written, Fault> {
    thread::scope(|scope| {
        let (to_stream, blocks) = sync_channel::<Arc<Block>>(BLOCKS);
        let hashing = move || {
            let mut sum = Summing::default();
            blocks.iter().for_each(|block| block.slices().for_each(|slice| sum.add(slice)));
            sum.finish()
        };
        let (to_file, blocks) = sync_channel::<Arc<Block>>(BLOCKS);
        let writing = move || write_file(out.as_mut(), &header, &blocks);
        let hasher = scope.spawn(hashing);
        let writer = scope.spawn(writing);
        let threads = Threads { to_stream, to_file };
        let fed = feed(&threads);
        drop(threads);
        let ended = |_| Fault::new(FaultKind::Io, "a thread of the export ended");
        let stream = hasher.join().map_err(ended);
        let written = writer.join().map_err(ended)?;
        // What the writer met is the cause; that it no longer took blocks is the consequence.
        match fed {
            Err(fault) if fault.text != NO_LONGER => return Err(fault),
            _ => {}
        }
        let (file, bytes) = written?;
        fed?;
        Ok(Written { file, bytes, stream: stream? })
    })
}

pub(super) struct Written {
    pub file: Digest,
    pub stream: Digest,
    pub bytes: u64,
}

fn write_file(
    out: &mut dyn DiskFile,
    header: &[u8],
    blocks: &Receiver<Arc<Block>>,
) -> Result<(Digest, u64), Fault> {
    let mut sum = Summing::default();
    out.append(&[header])?;
    sum.add(header);
    let mut sent_on = 0;
    for block in blocks {
        out.append(&block.slices().collect::<Vec<_>>())?;
        block.slices().for_each(|slice| sum.add(slice));
        if out.len() - sent_on >= BURST_BYTES {
            out.start_flush()?;
            sent_on = out.len();
        }
    }
    out.flush()?;
    Ok((sum.finish(), out.len()))
}
