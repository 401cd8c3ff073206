//! The table of contents of a block, and the checks before anything is decompressed.

use super::BlockError;

const VERSION: u8 = 1;
const HEAD: usize = 8;
const ENTRY: usize = 16;
/// More columns than any version has.
const COLUMNS_MAX: usize = 32;
/// A month of one-minute candles has 44,640 rows.
const ROWS_MAX: u32 = 50_000;

/// One compressed column.
#[derive(Clone, Debug)]
pub(crate) struct Column<'a> {
    pub(crate) id: u8,
    pub(crate) encoding: u8,
    pub(crate) decimals: u8,
    pub(crate) payload: std::borrow::Cow<'a, [u8]>,
    crc: u32,
}

impl Column<'static> {
    pub(crate) fn new(id: u8, encoding: u8, decimals: u8, payload: Vec<u8>) -> Self {
        let crc = crc32fast::hash(&payload);
        Self { id, encoding, decimals, payload: payload.into(), crc }
    }
}

impl Column<'_> {
    /// Compares the payload with its checksum.
    pub(crate) fn verify(&self, name: &str) -> Result<(), BlockError> {
        if crc32fast::hash(&self.payload) == self.crc {
            return Ok(());
        }
        Err(BlockError(format!("checksum of column {name} does not match")))
    }
}

/// Writes a block.
pub(crate) fn write(rows: usize, columns: &[Column<'_>]) -> Vec<u8> {
    let head = HEAD + columns.len() * ENTRY + 4;
    let total = head + columns.iter().map(|column| column.payload.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(total);
    // A month bounds the rows, the version the columns: both fit.
    bytes.extend([VERSION, columns.len() as u8, 0, 0]);
    bytes.extend((rows as u32).to_le_bytes());
    let mut offset = head as u32;
    for column in columns {
        bytes.extend([column.id, column.encoding, column.decimals, 0]);
        bytes.extend(offset.to_le_bytes());
        bytes.extend((column.payload.len() as u32).to_le_bytes());
        bytes.extend(column.crc.to_le_bytes());
        offset += column.payload.len() as u32;
    }
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    for column in columns {
        bytes.extend_from_slice(&column.payload);
    }
    bytes
}

/// Reads the table of contents; payloads are verified when they are used.
pub(crate) fn read(bytes: &[u8]) -> Result<(usize, Vec<Column<'_>>), BlockError> {
    let cut = || BlockError("the block is cut off".to_owned());
    let head = bytes.get(..HEAD).ok_or_else(cut)?;
    if head[0] != VERSION {
        return Err(BlockError(format!("expected block version {VERSION}, was {}", head[0])));
    }
    let count = usize::from(head[1]);
    let end = HEAD + count * ENTRY;
    let table = bytes.get(..end).ok_or_else(cut)?;
    if count > COLUMNS_MAX || number(bytes, end).ok_or_else(cut)? != crc32fast::hash(table) {
        return Err(BlockError("checksum of the block's head does not match".to_owned()));
    }
    let rows = number(bytes, 4)
        .filter(|rows| *rows <= ROWS_MAX)
        .ok_or_else(|| BlockError("too many rows".to_owned()))?;
    let columns =
        table[HEAD..].chunks_exact(ENTRY).map(|entry| column(bytes, entry).ok_or_else(cut));
    Ok((rows as usize, columns.collect::<Result<_, _>>()?))
}

fn column<'a>(bytes: &'a [u8], entry: &[u8]) -> Option<Column<'a>> {
    let offset = number(entry, 4)? as usize;
    let length = number(entry, 8)? as usize;
    let payload = bytes.get(offset..offset.checked_add(length)?)?;
    Some(Column {
        id: entry[0],
        encoding: entry[1],
        decimals: entry[2],
        payload: payload.into(),
        crc: number(entry, 12)?,
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
