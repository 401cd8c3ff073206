//! The market followed over real sockets, against the demo exchange inside the desk.

use desk::backtests::JobStatus;
use desk::live::{DownloadDraft, Heard, LiveState, WatchChange};
use desk::{Desk, DeskError, Event, FieldErrorKind, Purpose, Received, RefusalCode};
use domain::{PriceKind, Timeframe, Timestamp};

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

/// The first moment of the month that `time` is in.
fn month_of(time: Timestamp) -> Timestamp {
    let (year, month) = time.year_month();
    format!("{year:04}-{month:02}-01").parse().unwrap()
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
    // Where the month of `from` has ended, its file may be fetched whole.
    let firsts = [from, month_of(from)];
    for one in series {
        assert!(firsts.contains(&one.first), "{} from {}, not {from}", one.key, one.first);
        assert!(one.gaps.is_empty(), "{}", one.key);
        assert!(one.last >= now.plus_millis(-5 * 60_000), "{}", one.key);
    }
    assert!(!desk.data().funding_coverage().unwrap().is_empty());
    let report = desk.data().integrity("demo", "XRPUSDT", ("1m", "last")).unwrap();
    assert_eq!(report.candles, report.expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_last_and_mark_prices_have_one_name_and_are_not_mistaken() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let month_before = |days: i64| month_of(desk::clock::now().plus_millis(-days * 24 * 3_600_000));
    let (from, to) = (month_before(90), month_before(55));
    let draft = DownloadDraft {
        symbols: vec!["BTCUSDT".to_owned()],
        from: Some(from.to_string()),
        to: Some(to.to_string()),
        mark: Some(true),
        ..DownloadDraft::default()
    };
    let id = desk.start_download(&draft).unwrap().id;
    let ended = wait_for(&desk, |desk, _| {
        Some(desk.downloads().progress(&id).unwrap()).filter(|progress| progress.status.is_final())
    });
    let ended = ended.await;
    assert_eq!(ended.status, JobStatus::Completed, "{:?}", ended.failures);
    let hours = ended.checked.iter().find(|(longer, _)| *longer == Timeframe::H1).unwrap().1;
    assert!(hours >= Timeframe::H1.count_between(from, to), "{hours}");
    assert_eq!(ended.differences, 0, "{:?}", ended.differing);
    let coverage = desk.data().coverage().unwrap();
    let mut candles: Vec<_> = coverage.iter().map(|one| (one.key.price, one.candles)).collect();
    candles.sort();
    let minutes = Timeframe::M1.count_between(from, to);
    assert_eq!(candles, [(PriceKind::Last, minutes), (PriceKind::Mark, minutes)]);
    let report = desk.data().integrity("demo", "BTCUSDT", ("1m", "mark")).unwrap();
    assert_eq!(report.candles, report.expected);
}

/// Stores when history of the demo venue was refreshed last, as an earlier process would have.
fn refreshed_at(dir: &std::path::Path, time: Timestamp) {
    let trading = storage::TradingStore::open(dir).unwrap();
    let text = time.millis().to_string();
    for name in ["history_refreshed_at_ms_demo", "history_refresh_begun_at_ms_demo"] {
        trading.set_settings(&[(name, &text)]).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_refreshed_after_a_start_when_a_day_was_missed() {
    let dir = tempfile::tempdir().unwrap();
    let now = desk::clock::now();
    let day = |back: i64| now.day_start().plus_millis(-back * 24 * 3_600_000);
    {
        let desk = following(dir.path());
        let draft = DownloadDraft {
            symbols: vec!["BTCUSDT".to_owned()],
            from: Some(day(6).to_string()),
            to: Some(day(5).to_string()),
            funding: Some(false),
            ..DownloadDraft::default()
        };
        let id = desk.start_download(&draft).unwrap().id;
        wait_for(&desk, |desk, _| {
            let progress = desk.downloads().progress(&id).unwrap();
            progress.status.is_final().then_some(())
        })
        .await;
        let first = desk.refresh_status().unwrap();
        assert_eq!(first.last, None, "a new installation has nothing to refresh");
        assert!(first.next > Some(now) && !first.is_running);
        desk.close();
    }
    refreshed_at(dir.path(), day(3));
    let desk = following(dir.path());
    let is_refresh = |title: &str| title.starts_with("Daily refresh of ");
    let refreshed = wait_for(&desk, |desk, _| {
        let listed = desk.downloads().list();
        listed.into_iter().find(|one| is_refresh(&one.title) && one.status.is_final())
    });
    let refreshed = refreshed.await;
    assert_eq!(refreshed.status, JobStatus::Completed, "{:?}", refreshed.failures);
    assert!(refreshed.symbols.contains(&"BTCUSDT".to_owned()), "{:?}", refreshed.symbols);
    assert_eq!(refreshed.differences, 0);
    let status = desk.refresh_status().unwrap();
    assert!(status.last >= Some(now) && status.next > status.last);
    let coverage = desk.data().coverage().unwrap();
    let of = |one: &&desk::data::Coverage| {
        one.key.symbol.as_str() == "BTCUSDT" && one.key.price == PriceKind::Last
    };
    let series = coverage.iter().find(of).unwrap();
    assert_eq!((series.first, series.gaps.len()), (day(6), 0), "what was missing is there");
    assert!(coverage.iter().all(|one| one.key.price == PriceKind::Last), "no mark was stored");
    assert!(!desk.data().funding_coverage().unwrap().is_empty());
    desk.close();
    drop(desk);
    let desk = following(dir.path());
    assert_eq!(desk.refresh_status().unwrap().last, status.last, "it survives a restart");
    let refreshes = desk.downloads().list().iter().filter(|one| is_refresh(&one.title)).count();
    assert_eq!(refreshes, 1, "one a day");
}

const REFRESHED: &str = "DESK_TEST_REFRESHED";

/// Does nothing unless started by the test below: follows the market until a refresh is at work, then is killed as by
/// `kill -9`.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn as_a_child_that_is_killed_in_a_refresh() {
    let Some(dir) = std::env::var_os(REFRESHED) else { return };
    let desk = following(std::path::Path::new(&dir));
    for _ in 0..60_000 {
        let listed = desk.downloads().list();
        if listed.iter().any(|one| one.title.starts_with("Daily refresh") && one.parts_done >= 3) {
            let own = std::process::id().to_string();
            std::process::Command::new("kill").args(["-KILL", &own]).status().unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    panic!("no refresh was at work");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_was_killed_goes_on_without_a_hole_and_comes_once() {
    let dir = tempfile::tempdir().unwrap();
    let now = desk::clock::now();
    let day = |back: i64| now.day_start().plus_millis(-back * 24 * 3_600_000);
    {
        let desk = following(dir.path());
        let draft = DownloadDraft {
            symbols: vec!["BTCUSDT".to_owned()],
            from: Some(day(60).to_string()),
            to: Some(day(59).to_string()),
            funding: Some(false),
            ..DownloadDraft::default()
        };
        let id = desk.start_download(&draft).unwrap().id;
        wait_for(&desk, |desk, _| {
            desk.downloads().progress(&id).unwrap().status.is_final().then_some(())
        })
        .await;
        desk.close();
    }
    refreshed_at(dir.path(), day(3));
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "live::as_a_child_that_is_killed_in_a_refresh", "--nocapture"])
        .env(REFRESHED, dir.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    let mut child = child.unwrap();
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(9));
    let left = storage::MarketStore::open(dir.path()).unwrap();
    let unfinished = left.downloads().unwrap().into_iter().filter(|one| !one.state.is_final());
    assert_eq!(unfinished.count(), 1, "it was killed inside the refresh");
    drop(left);

    let desk = following(dir.path());
    let is_refresh = |title: &str| title.starts_with("Daily refresh of ");
    let refreshed = wait_for(&desk, |desk, _| {
        let listed = desk.downloads().list();
        listed.into_iter().find(|one| is_refresh(&one.title) && one.status.is_final())
    })
    .await;
    assert_eq!(refreshed.status, JobStatus::Completed, "{:?}", refreshed.failures);
    assert_eq!((refreshed.differences, refreshed.untold), (0, 0), "no minute is there twice");
    let refreshes = desk.downloads().list().iter().filter(|one| is_refresh(&one.title)).count();
    assert_eq!(refreshes, 1, "the one that was begun goes on, and no other");
    let report = desk.data().integrity("demo", "BTCUSDT", ("1m", "last")).unwrap();
    assert_eq!(report.candles, report.expected, "no hole");
    assert!(report.candles >= 60 * 1440, "all of it");
    assert!(report.checked.iter().any(|one| one.timeframe == Timeframe::D1 && one.candles >= 59));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_refreshed_when_it_is_off() {
    let dir = tempfile::tempdir().unwrap();
    let long_ago = Timestamp::from_millis(0);
    refreshed_at(dir.path(), long_ago);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    desk.change_settings(&[("refresh".to_owned(), "off".to_owned())]).unwrap();
    desk.follow_market().unwrap();
    let status = desk.refresh_status().unwrap();
    assert_eq!((status.last, status.next), (Some(long_ago), None));
    wait_for(&desk, |_, event| {
        let Event::Live(status) = event else { return None };
        (status.state == LiveState::Live).then_some(())
    })
    .await;
    assert_eq!(desk.refresh_status().unwrap(), status);
    assert!(desk.downloads().list().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn history_that_is_being_made_ends_with_the_desk_and_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    {
        let desk = open(dir.path(), Purpose::Server).unwrap();
        let mut events = desk.events().subscribe();
        let made = desk.ensure_demo_data().unwrap();
        let begun = async {
            while desk.imports().progress(&made[0]).unwrap().status == JobStatus::Queued {
                events.next().await;
            }
        };
        tokio::time::timeout(LONG, begun).await.unwrap();
        desk.close();
        let status = |id: &String| desk.imports().progress(id).unwrap().status;
        assert_eq!(status(&made[0]), JobStatus::Cancelled, "it ends inside a series");
        assert!(made[1..].iter().all(|id| status(id) == JobStatus::Queued), "none begins");
        assert!(desk.data().coverage().unwrap().is_empty(), "nothing is half stored");
    }
    let desk = open(dir.path(), Purpose::Server).unwrap();
    assert_eq!(desk.ensure_demo_data().unwrap().len(), 3);
}
