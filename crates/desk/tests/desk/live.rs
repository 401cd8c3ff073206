//! The market followed over real sockets, against the demo exchange inside the desk.

use desk::backtests::JobStatus;
use desk::live::{DownloadDraft, Heard, LiveState, WatchChange};
use desk::{Desk, DeskError, Event, FieldErrorKind, Purpose, Received, RefusalCode};
use domain::{PriceKind, Timestamp};

use super::{LONG, open};

/// A desk that follows the demo market without the long history of a new installation.
fn following(dir: &std::path::Path) -> Desk {
    let desk = open(dir, Purpose::Server).unwrap();
    desk.follow_market().unwrap();
    desk
}

/// Waits for an event that `take` takes.
async fn wait_for<T>(desk: &Desk, mut take: impl FnMut(&Desk, &Event) -> Option<T>) -> T {
    let mut events = desk.events().subscribe();
    let found = async {
        loop {
            match events.next().await {
                Received::Event(envelope) => {
                    if let Some(found) = take(desk, &envelope.event) {
                        return found;
                    }
                }
                Received::Lagged(_) => {}
                Received::Closed => panic!("the desk closed"),
            }
        }
    };
    tokio::time::timeout(LONG, found).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_desk_follows_a_moving_market_without_internet() {
    let dir = tempfile::tempdir().unwrap();
    let desk = following(dir.path());
    let mut feed = desk.live().feed();
    let state = wait_for(&desk, |desk, event| {
        let Event::Live(status) = event else { return None };
        let tickers = desk.live().tickers();
        let is_told = tickers.len() == 3
            && tickers.iter().all(|one| one.mark.is_some() && one.last.is_some());
        (status.state == LiveState::Live && is_told).then_some(status.state)
    });
    assert_eq!(state.await, LiveState::Live);
    assert_eq!(desk.live().watched().unwrap().len(), 3, "a few pairs are watched from the start");
    // Nobody read the two days of history that came first: that is told, too.
    let heard = tokio::time::timeout(LONG, feed.next()).await.unwrap();
    assert!(matches!(heard, Heard::Event(_) | Heard::Missed(_)));
    desk.close();
    let coverage = desk.data().coverage().unwrap();
    let minutes: Vec<_> = coverage.iter().filter(|one| one.key.price == PriceKind::Last).collect();
    assert_eq!(minutes.len(), 3);
    for series in minutes {
        assert!(series.candles >= 2_879, "{}: two days were fetched", series.key);
        assert!(series.gaps.is_empty(), "{}", series.key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_no_history_that_is_being_made() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let made = desk.ensure_demo_data().unwrap();
    let mut events = desk.events().subscribe();
    desk.follow_market().unwrap();
    let state = async {
        loop {
            if let Received::Event(envelope) = events.next().await
                && let Event::Live(status) = &envelope.event
            {
                return (status.state, status.reason.clone());
            }
        }
    };
    let (state, reason) = tokio::time::timeout(LONG, state).await.unwrap();
    assert_eq!(state, LiveState::Starting);
    assert!(reason.unwrap().starts_with("The history of the demo market is being made"));
    desk.close();
    let last = desk.imports().progress(&made[2]).unwrap();
    assert_ne!(last.status, JobStatus::Completed, "it was waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_added_only_when_the_venue_trades_them() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let refused = |answer: Result<_, DeskError>| match answer {
        Err(DeskError::Refused(refusal)) => refusal.code,
        other => panic!("{:?}", other.map(|_: desk::live::WatchedPair| ())),
    };
    assert_eq!(refused(desk.live().watch("DOGEUSDT", true)), RefusalCode::VenueUnknown);
    desk.follow_market().unwrap();
    wait_for(&desk, |desk, _| {
        let found = desk.live().instruments("DOGE", 10).unwrap();
        (!found.is_empty()).then_some(())
    })
    .await;
    assert_eq!(refused(desk.live().watch("NOSUCHUSDT", true)), RefusalCode::UnknownSymbol);
    assert_eq!(refused(desk.live().watch("btcusdt", true)), RefusalCode::AlreadyWatched);
    let Err(DeskError::Invalid(errors)) = desk.live().watch("no/such", true) else {
        panic!("it was accepted")
    };
    assert_eq!(errors[0].kind, FieldErrorKind::Value);
    let added = desk.live().watch("dogeusdt", true).unwrap();
    assert!(added.is_active && added.instrument.unwrap().is_trading);
    let first = WatchChange { position: Some(0), is_active: Some(false) };
    desk.live().change_watched("DOGEUSDT", first).unwrap();
    let names = |desk: &Desk| -> Vec<String> {
        desk.live().watched().unwrap().iter().map(|pair| pair.symbol.to_string()).collect()
    };
    assert_eq!(names(&desk), ["DOGEUSDT", "BTCUSDT", "ETHUSDT", "SOLUSDT"]);
    desk.live().unwatch("DOGEUSDT").unwrap();
    assert!(matches!(desk.live().unwatch("DOGEUSDT"), Err(DeskError::NotFound { .. })));
    desk.close();
    drop(desk);
    let again = open(dir.path(), Purpose::Server).unwrap();
    assert_eq!(names(&again), ["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_was_interrupted_goes_on_without_a_hole() {
    let dir = tempfile::tempdir().unwrap();
    let now: Timestamp = desk::clock::now();
    let from = now.day_start().plus_millis(-9 * 24 * 3_600_000);
    let id = {
        let desk = following(dir.path());
        let draft = DownloadDraft {
            symbols: vec!["XRPUSDT".to_owned()],
            from: Some(from.to_string()),
            mark: Some(true),
            ..DownloadDraft::default()
        };
        let id = desk.start_download(&draft).unwrap().id;
        wait_for(&desk, |_, event| {
            let Event::Download(progress) = event else { return None };
            (progress.parts_done > 0).then_some(())
        })
        .await;
        desk.close();
        id
    };
    let desk = following(dir.path());
    let progress = wait_for(&desk, |desk, _| {
        Some(desk.downloads().progress(&id).unwrap()).filter(|progress| progress.status.is_final())
    });
    let progress = progress.await;
    assert_eq!(progress.status, JobStatus::Completed, "{:?}", progress.failures);
    assert_eq!(progress.parts_done + progress.parts_absent, progress.parts_total);
    let coverage = desk.data().coverage().unwrap();
    let of = coverage.iter().filter(|one| one.key.symbol.as_str() == "XRPUSDT");
    let series: Vec<_> = of.collect();
    assert_eq!(series.len(), 2, "last and mark price");
    for one in series {
        assert_eq!(one.first, from, "{}", one.key);
        assert!(one.gaps.is_empty(), "{}", one.key);
        assert!(one.last >= now.plus_millis(-5 * 60_000), "{}", one.key);
    }
    assert!(!desk.data().funding_coverage().unwrap().is_empty());
    let report = desk.data().integrity("demo", "XRPUSDT", ("1m", "last")).unwrap();
    assert_eq!(report.candles, report.expected);
}
