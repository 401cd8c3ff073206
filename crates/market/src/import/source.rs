//! From bytes on disk to CSV bytes: plain, gzip (several members too) or zip.
//!
//! Told apart by the first bytes, never by the name. Names inside a zip are words for
//! messages and for the order of the entries, never paths.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::ImportError;

/// Most entries of a zip.
const ENTRIES_MAX: u16 = 2000;
/// Length of the record that ends a zip, and the longest comment behind it.
const ZIP_END: u64 = 22;
const ZIP_COMMENT_MAX: u64 = 65_535;

/// How the CSV is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zip,
}

/// Counts the bytes read of the file as it lies on disk.
pub(crate) struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    pub(crate) const fn new(inner: R, count: Rc<Cell<u64>>) -> Self {
        Self { inner, count }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}

/// One CSV of a file.
pub(crate) struct Part<'a> {
    /// Name inside a zip with several CSV files.
    pub(crate) entry: Option<String>,
    pub(crate) packing: Packing,
    pub(crate) input: &'a mut dyn Read,
}

/// Opens each CSV of the file in turn. `skipped` hears of zip entries that are none.
pub(crate) fn for_each_part<R: Read + Seek>(
    mut source: Counted<R>,
    skipped: &mut Vec<String>,
    visit: &mut dyn FnMut(Part<'_>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let mut magic = [0u8; 4];
    let filled = fill(&mut source, &mut magic)?;
    source.seek(SeekFrom::Start(0))?;
    source.count.set(0);
    match &magic[..filled] {
        [0x1f, 0x8b, ..] => {
            let mut input = MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, source));
            visit(Part { entry: None, packing: Packing::Gzip, input: &mut input })
        }
        [b'P', b'K', 3 | 5, 4 | 6] => zip_parts(source, skipped, visit),
        _ => visit(Part { entry: None, packing: Packing::Plain, input: &mut source }),
    }
}

pub(crate) fn fill(source: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn zip_parts<R: Read + Seek>(
    mut source: Counted<R>,
    skipped: &mut Vec<String>,
    visit: &mut dyn FnMut(Part<'_>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    check_entry_count(&mut source)?;
    let count = Rc::clone(&source.count);
    let mut archive = ZipArchive::new(BufReader::with_capacity(256 * 1024, source))
        .map_err(|error| zip_error(error, &count))?;
    let entries = csv_entries(&mut archive, skipped).map_err(|error| zip_error(error, &count))?;
    if entries.is_empty() {
        return Err(ImportError::Archive(
            "expected a CSV file inside the zip, was none".to_owned(),
        ));
    }
    let several = entries.len() > 1;
    for (name, index) in entries {
        let mut input = archive.by_index(index).map_err(|error| zip_error(error, &count))?;
        let entry = several.then_some(name);
        visit(Part { entry, packing: Packing::Zip, input: &mut input })?;
    }
    Ok(())
}

/// The zip library holds all entry names in memory, so their number is looked at before.
fn check_entry_count<R: Read + Seek>(source: &mut Counted<R>) -> Result<(), ImportError> {
    let length = source.seek(SeekFrom::End(0))?;
    let tail_length = length.min(ZIP_END + ZIP_COMMENT_MAX);
    source.seek(SeekFrom::Start(length - tail_length))?;
    let mut tail = Vec::with_capacity(usize::try_from(tail_length).unwrap_or(0));
    source.by_ref().take(tail_length).read_to_end(&mut tail)?;
    source.seek(SeekFrom::Start(0))?;
    let count = Rc::clone(&source.count);
    count.set(0);
    let Some(end) = memchr::memmem::rfind(&tail, b"PK\x05\x06") else {
        return Err(ImportError::Truncated { format: "zip", bytes: length });
    };
    let Some(entries) = tail.get(end + 10..end + 12) else {
        return Err(ImportError::Truncated { format: "zip", bytes: length });
    };
    let entries = u16::from_le_bytes([entries[0], entries[1]]);
    if entries > ENTRIES_MAX {
        return Err(ImportError::Archive(format!(
            "expected at most {ENTRIES_MAX} entries in the zip, was {entries}"
        )));
    }
    Ok(())
}

/// CSV entries by name; a single entry is taken whatever its name.
fn csv_entries<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    skipped: &mut Vec<String>,
) -> Result<Vec<(String, usize)>, ZipError> {
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let path = entry.name()?;
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let system = name.starts_with('.') || path.starts_with("__MACOSX");
        if entry.is_file() && !system {
            files.push((
                name.chars().filter(|c| !c.is_control()).take(120).collect::<String>(),
                index,
            ));
        }
    }
    if files.len() > 1 {
        let (csv, other): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(name, _)| name.to_ascii_lowercase().ends_with(".csv"));
        skipped.extend(other.into_iter().map(|(name, _)| name));
        files = csv;
    }
    files.sort();
    Ok(files)
}

fn zip_error(error: ZipError, count: &Cell<u64>) -> ImportError {
    if let ZipError::Io(error) = error {
        return read_error(error, Packing::Zip, count.get());
    }
    ImportError::Archive(format!("the zip file is damaged or not supported: {error}"))
}

/// What a failed read of CSV bytes means.
pub(crate) fn read_error(error: io::Error, packing: Packing, bytes: u64) -> ImportError {
    let format = match packing {
        Packing::Plain => return ImportError::Io(error),
        Packing::Gzip => "gzip",
        Packing::Zip => "zip",
    };
    let kind = error.kind();
    if kind == io::ErrorKind::UnexpectedEof {
        return ImportError::Truncated { format, bytes };
    }
    // The decompressors use these kinds for bytes that make no sense.
    if [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput, io::ErrorKind::Other]
        .contains(&kind)
    {
        return ImportError::Archive(format!("the {format} file is damaged: {error}"));
    }
    ImportError::Io(error)
}
