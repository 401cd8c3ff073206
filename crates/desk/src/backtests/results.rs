//! What a completed run left: trades, fills, skipped signals, drawings, logs, equity, its capsule.

use storage::{JobStatus, RunRow};

use super::drawings::{DrawingsQuery, DrawingsReport};
use super::history::{self, EquityReport};
use super::outcome::{
    FillEntry, LogRecord, SkipRecord, SleeveOutput, TradeExplanation, TradeRecord,
};
use super::{Backtests, CapsuleReport, archive, capsule};
use crate::error::{DeskError, FieldError};

impl Backtests {
    /// All trades of a completed run, in order of closing.
    ///
    /// # Errors
    /// As [`Self::state`], and [`DeskError::RunFailed`] or [`DeskError::RunCancelled`].
    pub fn trades(&self, id: &str) -> Result<Vec<TradeRecord>, DeskError> {
        self.completed(id)?;
        self.bench
            .store
            .run_trades(id)?
            .map_or_else(|| Ok(Vec::new()), |blob| archive::unpack_trades(&blob))
    }

    /// One trade of a completed run with its executions. Trades count from 1.
    ///
    /// # Errors
    /// As [`Self::trades`], and [`DeskError::NotFound`].
    pub fn trade(&self, id: &str, index: u32) -> Result<TradeExplanation, DeskError> {
        let found = self.trades(id)?.into_iter().find(|trade| trade.index == index);
        let trade = found.ok_or(DeskError::NotFound { what: "trade", id: index.to_string() })?;
        let mut fills = self.fills(id)?;
        fills.retain(|fill| fill.trade == index);
        Ok(TradeExplanation { trade, fills })
    }

    /// All executions of a completed run in the order in which they happened; none where an earlier
    /// version stored it.
    ///
    /// # Errors
    /// As [`Self::trades`].
    pub fn fills(&self, id: &str) -> Result<Vec<FillEntry>, DeskError> {
        self.completed(id)?;
        self.bench
            .store
            .run_fills(id)?
            .map_or_else(|| Ok(Vec::new()), |blob| archive::unpack_fills(&blob))
    }

    /// The first skipped signals of a completed run, one by one, in order of time; none where an
    /// earlier version stored it.
    ///
    /// # Errors
    /// As [`Self::trades`].
    pub fn skips(&self, id: &str) -> Result<Vec<SkipRecord>, DeskError> {
        self.completed(id)?;
        self.bench
            .store
            .run_skips(id)?
            .map_or_else(|| Ok(Vec::new()), |blob| archive::unpack_skips(&blob))
    }

    /// What the strategies of a completed run have drawn on one instrument; nothing where an earlier
    /// version stored it.
    ///
    /// # Errors
    /// As [`Self::trades`], and [`DeskError::Invalid`] when the run has no such instrument.
    pub fn drawings(&self, id: &str, query: &DrawingsQuery) -> Result<DrawingsReport, DeskError> {
        let request = history::request(&self.completed(id)?)?;
        let symbols = request.symbols();
        let symbols: Vec<&str> = symbols.iter().map(domain::Symbol::as_str).collect();
        let symbol = match &query.symbol {
            None => symbols.first(),
            Some(wish) => symbols.iter().find(|own| own.eq_ignore_ascii_case(wish.trim())),
        };
        let Some(symbol) = symbol else {
            let was = query.symbol.as_deref().unwrap_or_default();
            let message = format!("expected {}, was {was:?}", symbols.join(", "));
            return Err(DeskError::Invalid(vec![FieldError::value(&["symbol"], message)]));
        };
        Ok(DrawingsReport::of(self.outputs(id)?, symbol, query))
    }

    /// The logs of the strategies of a completed run, in order of time; nothing where an earlier version
    /// stored it.
    ///
    /// # Errors
    /// As [`Self::trades`].
    pub fn log(&self, id: &str) -> Result<Vec<LogRecord>, DeskError> {
        self.completed(id)?;
        Ok(LogRecord::merged(self.outputs(id)?))
    }

    fn outputs(&self, id: &str) -> Result<Vec<SleeveOutput>, DeskError> {
        self.bench
            .store
            .run_output(id)?
            .map_or_else(|| Ok(Vec::new()), |blob| archive::unpack_output(&blob))
    }

    /// The equity curve of a completed run, thinned to at most `points`.
    ///
    /// # Errors
    /// As [`Self::trades`].
    pub fn equity(&self, id: &str, points: Option<usize>) -> Result<EquityReport, DeskError> {
        use rust_decimal::prelude::ToPrimitive;
        let row = self.completed(id)?;
        let initial = history::request(&row)?.initial_balance.to_f64().unwrap_or(0.0);
        let Some(blob) = self.bench.store.run_equity(id)? else {
            return Ok(EquityReport::default());
        };
        Ok(EquityReport::of(&archive::unpack_equity(&blob)?, initial, points))
    }

    /// The capsule of a completed run as its file; `None` where an earlier version stored it.
    ///
    /// # Errors
    /// As [`Self::trades`].
    pub fn capsule(&self, id: &str) -> Result<Option<String>, DeskError> {
        self.completed(id)?;
        Ok(self.bench.store.run_capsule(id)?)
    }

    /// Runs again what a capsule tells, on the candles that are stored here, and compares.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] when the text is no capsule, or one without its request;
    /// [`DeskError::Refused`] when the data it needs are not stored; [`DeskError::RunFailed`].
    pub fn verify(&self, text: &str) -> Result<CapsuleReport, DeskError> {
        capsule::verify(text, &self.bench)
    }

    fn completed(&self, id: &str) -> Result<RunRow, DeskError> {
        let row = self.row(id)?;
        match row.status {
            JobStatus::Completed => Ok(row),
            JobStatus::Failed => Err(DeskError::RunFailed(row.error.unwrap_or_default())),
            JobStatus::Cancelled => Err(DeskError::RunCancelled),
            JobStatus::Queued | JobStatus::Running => Err(DeskError::RunUnfinished),
        }
    }
}
