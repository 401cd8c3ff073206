//! The way of reports to the engine and of its commands to the venue.

use domain::{OrderId, OrderPurpose, OrderRequest, SleeveId, Timestamp, VenueReport};
use engine::{Command, Event, Marks, step};

use crate::RunError;
use crate::drive::Drive;

/// Something that happened to an order of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderNews {
    /// It was given to the venue.
    Placed {
        /// When.
        time: Timestamp,
        /// Whose.
        sleeve: SleeveId,
        /// What it is for.
        purpose: OrderPurpose,
        /// The order.
        request: OrderRequest,
    },
    /// It is being taken back.
    TakenBack {
        /// When.
        time: Timestamp,
        /// Which.
        order: OrderId,
    },
    /// The venue told something, of an order or of a position.
    Told {
        /// When it was heard.
        time: Timestamp,
        /// What.
        report: VenueReport,
    },
}

impl Drive<'_> {
    /// Takes a report to the engine, at once or after its way; commands that follow are carried out.
    pub(crate) fn deliver(
        &mut self,
        report: VenueReport,
        candle_end: Timestamp,
    ) -> Result<(), RunError> {
        let time = time_of(&report);
        let arrives = self.venue.report_arrival(time);
        if arrives > time && arrives >= candle_end {
            self.delayed.push((arrives, report));
            return Ok(());
        }
        // None overtakes another.
        self.deliver_delayed(arrives)?;
        self.step_report(&report, arrives)
    }

    /// Delivers what has arrived by `time`, in the order of arrival.
    pub(crate) fn deliver_delayed(&mut self, time: Timestamp) -> Result<(), RunError> {
        if self.delayed.is_empty() {
            return Ok(());
        }
        self.delayed.sort_by_key(|(arrives, _)| *arrives); // Stable: equal arrivals keep their order.
        let due = self.delayed.partition_point(|(arrives, _)| *arrives <= time);
        let due: Vec<_> = self.delayed.drain(..due).collect();
        for (arrives, report) in due {
            self.step_report(&report, arrives)?;
        }
        Ok(())
    }

    pub(crate) fn step_report(
        &mut self,
        report: &VenueReport,
        now: Timestamp,
    ) -> Result<(), RunError> {
        let event = Event::Report { report, marks: Marks(&self.marks) };
        step(&mut self.engine, event, now, &mut self.effects)?;
        self.books_changed = true;
        if let Some(orders) = self.orders.as_mut() {
            orders.push(OrderNews::Told { time: now, report: *report });
        }
        if let Some(tally) = self.tally.as_mut() {
            self.effects.trades.drain(..).for_each(|trade| tally.add(&trade));
        }
        self.hand_over(now);
        Ok(())
    }

    /// Hands commands to the venue; what it answers comes with its next reports.
    pub(crate) fn hand_over(&mut self, now: Timestamp) {
        if self.effects.commands.is_empty() {
            return;
        }
        std::mem::swap(&mut self.commands, &mut self.effects.commands);
        if let Some(orders) = self.orders.as_mut() {
            let book = self.engine.orders();
            orders.extend(self.commands.iter().filter_map(|command| match command {
                Command::Place(request) => {
                    let known = book.find(request.id)?;
                    let (sleeve, purpose, request) = (known.sleeve, known.purpose, *request);
                    Some(OrderNews::Placed { time: now, sleeve, purpose, request })
                }
                Command::Cancel { order, .. } => {
                    Some(OrderNews::TakenBack { time: now, order: *order })
                }
            }));
        }
        for command in &self.commands {
            match command {
                Command::Place(request) => self.venue.place(request, now),
                Command::Cancel { order, position } => {
                    self.venue.cancel(*order, position.instrument, now);
                }
            }
        }
        self.commands.clear();
    }

    /// Hands commands to the venue between candles and listens to what it says at once.
    #[inline]
    pub(crate) fn carry_out(&mut self, now: Timestamp) -> Result<(), RunError> {
        self.hand_over(now);
        while let Some(report) = self.venue.told() {
            self.step_report(&report, now)?;
        }
        Ok(())
    }
}

fn time_of(report: &VenueReport) -> Timestamp {
    use domain::ExecutionReport as Execution;
    match report {
        VenueReport::Order(
            Execution::Accepted { time, .. }
            | Execution::Rejected { time, .. }
            | Execution::Cancelled { time, .. }
            | Execution::Expired { time, .. },
        ) => *time,
        VenueReport::Order(Execution::Filled(fill)) => fill.time,
        VenueReport::Funding(payment) => payment.time,
        VenueReport::Liquidation(liquidation) => liquidation.time,
    }
}
