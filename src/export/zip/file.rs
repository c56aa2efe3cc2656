//! One file on its way into the archive.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Opened, Sealing, State};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::DiskFile;

/// Sealed at once: fits the cache of a core.
const CHUNK_BYTES: usize = 64 << 10;

/// Append only, of a size that was said before. Whole with its flush.
pub(super) struct ZipFile {
    state: Arc<Mutex<State>>,
    /// Gone once it is whole.
    open: Option<(Opened, Sealing)>,
    buffer: Vec<u8>,
    len: u64,
}

impl ZipFile {
    pub(super) fn new(state: Arc<Mutex<State>>, opened: Opened) -> ZipFile {
        let sealing = Sealing::new(&opened.keys);
        ZipFile { state, open: Some((opened, sealing)), buffer: vec![0; CHUNK_BYTES], len: 0 }
    }

    fn wrong(&self, why: &str) -> Fault {
        Fault::new(FaultKind::Io, format!("a file of the archive {why}"))
    }
}

impl DiskFile for ZipFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), Fault> {
        let more: u64 = parts.iter().map(|part| part.len() as u64).sum();
        let fits = self.open.as_ref().is_some_and(|(o, _)| self.len + more <= o.record.bytes);
        if !fits {
            return Err(self.wrong("grew beyond the size that was said"));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in parts.iter().flat_map(|part| part.chunks(CHUNK_BYTES)) {
            let sealed = &mut self.buffer[..chunk.len()];
            sealed.copy_from_slice(chunk);
            if let Some((_, sealing)) = &mut self.open {
                sealing.add(sealed);
            }
            state.put(sealed)?;
        }
        self.len += more;
        Ok(())
    }

    fn start_flush(&mut self) -> Result<(), Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.out.as_mut().map_or(Ok(()), |out| out.start_flush())
    }

    fn wait_flush(&mut self) -> Result<(), Fault> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Fault> {
        let Some((opened, sealing)) = self.open.take() else { return Ok(()) };
        if self.len != opened.record.bytes {
            return Err(self.wrong("is shorter than was said"));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let name = opened.record.name.clone();
        state.close(name, opened, sealing.finish().to_vec())
    }

    fn preallocate(&mut self, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn truncate(&mut self, bytes: u64) -> Result<(), Fault> {
        match bytes == self.len {
            true => Ok(()),
            false => Err(self.wrong("cannot be cut")),
        }
    }

    fn len(&self) -> u64 {
        self.len
    }
}
