//! Shows strategies what was before the session, in the order of time, so that they decide from its first candle on.

use engine::Heed;

use domain::Timestamp;

use super::{Session, SessionError};

impl Session {
    /// Shows each sleeve the history of its instrument. Funding is known when it was settled.
    pub(super) fn warm_up(&mut self) -> Result<(), SessionError> {
        let known: Vec<_> = self.tapes.iter().map(|tape| tape.known_funding().to_vec()).collect();
        let now = self.clock;
        self.go(now, std::iter::empty(), |drive| {
            drive.engine.heed(Heed::WarmUp);
            for (place, settlements) in known.iter().enumerate() {
                let mut settlements = settlements.iter().peekable();
                loop {
                    let sleeves = drive.sleeves.iter().filter(|sleeve| sleeve.lane == place);
                    let next = sleeves.map(crate::sleeve_lane::SleeveLane::next_shortest_close);
                    let next = next.min().unwrap_or(i64::MAX);
                    while let Some(due) = settlements.next_if(|it| it.time.millis() <= next) {
                        drive.know_funding(place, *due)?;
                    }
                    if next == i64::MAX {
                        break;
                    }
                    let now = Timestamp::from_millis(next);
                    for sleeve in 0..drive.sleeves.len() {
                        if drive.sleeves[sleeve].lane == place
                            && drive.sleeves[sleeve].closed(0, now)
                        {
                            drive.decide(sleeve, now)?;
                        }
                    }
                }
            }
            drive.engine.heed(Heed::Act);
            Ok(())
        })
    }
}
