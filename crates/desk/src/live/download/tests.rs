//! Downloads from a demo exchange on a port of this machine, over real sockets into a real store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use binance::rest::{Client, ClientSettings, Endpoints};
use demo_exchange::Server;
use domain::{Timeframe, Timestamp};
use storage::{Download, JobStatus, MarketStore};

use super::disk::Disk;
use super::fetch::Manner;
use super::job::Job;
use super::request::DownloadRequest;
use super::run::{Ended, Run, Stopped};
use crate::clock::{self, MachineClock};
use crate::data::{FindingKind, MarketData};
use crate::demo_venue::{VenueDraft, start};
use crate::events::EventBus;
use crate::live::{DownloadDraft, VenueName};

struct Rig {
    dir: tempfile::TempDir,
    data: Arc<MarketData>,
    client: Arc<Client>,
    _server: Server,
}

fn manner(dir: &tempfile::TempDir) -> Manner {
    Manner {
        folder: dir.path().join("downloads"),
        again_after: Duration::ZERO,
        again_first: Duration::from_millis(1),
    }
}

const DAY: i64 = 24 * 3_600_000;

impl Rig {
    async fn with_faults(faults: &str) -> Self {
        let draft =
            VenueDraft { port: 0, seed: 0, speed: 1.0, replay: None, faults: faults.to_owned() };
        let server = start(&draft).await.unwrap();
        let http = format!("http://{}", server.address());
        let endpoints = Endpoints::custom(&http, &http.replace("http", "ws"), &http).unwrap();
        let settings = ClientSettings::new(endpoints, Arc::new(MachineClock::start()));
        let dir = tempfile::tempdir().unwrap();
        let store = MarketStore::open(dir.path()).unwrap();
        Self {
            data: Arc::new(MarketData::new(Arc::new(store), Arc::new(EventBus::new()))),
            client: Arc::new(Client::new(settings).unwrap()),
            dir,
            _server: server,
        }
    }

    /// Runs a download of whole past days, which come out of the archive.
    async fn run(&self, job: &Arc<Job>) -> Ended {
        let disk = Disk::default();
        let run = Run {
            job,
            client: &self.client,
            data: &self.data,
            disk: &disk,
            manner: manner(&self.dir),
            tell: &|| {},
        };
        run.run().await.unwrap()
    }

    fn job(&self, draft: &DownloadDraft) -> Arc<Job> {
        self.job_of(DownloadRequest::of(draft, VenueName::Demo, &[], clock::now()).unwrap())
    }

    fn job_of(&self, request: DownloadRequest) -> Arc<Job> {
        self.job_named("a", request)
    }

    fn job_named(&self, id: &str, request: DownloadRequest) -> Arc<Job> {
        let now = clock::now();
        let download = Download {
            id: id.to_owned(),
            request_json: request.json(),
            state: JobStatus::Running,
            created_at: now,
            updated_at: now,
            error: None,
        };
        self.data.store().insert_download(&download, &[]).unwrap();
        Arc::new(Job::new(id.to_owned(), request, now))
    }
}

/// Hours and days of a range of so many days, by their length.
fn hours_and_days(days: u64) -> Vec<(Timeframe, u64)> {
    vec![(Timeframe::H1, days * 24), (Timeframe::D1, days)]
}

fn days(from: i64, to: i64) -> DownloadDraft {
    let day = |back: i64| Some(clock::now().day_start().plus_millis(-back * DAY).to_string());
    DownloadDraft {
        symbols: vec!["SOLUSDT".to_owned()],
        from: day(from),
        to: day(to),
        funding: Some(false),
        ..DownloadDraft::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_venue_tells_of_longer_candles_is_what_its_minutes_make() {
    let rig = Rig::with_faults("").await;
    let job = rig.job(&days(8, 3));
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!((progress.rows, progress.checked), (5 * 1440, hours_and_days(5)));
    assert_eq!((progress.differences, progress.differing), (0, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn longer_candles_that_the_venue_tells_otherwise_are_counted_named_and_kept() {
    let rig = Rig::with_faults("klines:altered").await;
    let job = rig.job(&days(8, 3));
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!(
        (&progress.checked, progress.differences),
        (&hours_and_days(5), 2),
        "one a page is altered"
    );
    let differing = &progress.differing;
    assert!(differing.iter().any(|line| line.starts_with("SOLUSDT 1h ")), "{differing:?}");
    assert!(differing.iter().all(|line| line.contains("taker_buy_quote_volume")), "{differing:?}");
    let report = rig.data.integrity("demo", "SOLUSDT", ("1m", "last")).unwrap();
    let found = |kind| report.totals.iter().find(|(known, _)| *known == kind).map(|one| one.1);
    assert_eq!(found(FindingKind::DerivedDiffers), Some(2));
    assert_eq!(found(FindingKind::Mismatch), None);
    let parts = rig.data.store().download_parts("a").unwrap();
    let again = Job::new("a".to_owned(), job.request.clone(), Timestamp::from_millis(0));
    let again = again.stored(JobStatus::Completed, &parts).progress();
    assert_eq!(
        (again.checked, again.differences),
        (hours_and_days(5), 2),
        "it survives the end of the program"
    );
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(again.differing), sorted(progress.differing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_was_cut_off_is_made_after_the_restart() {
    let rig = Rig::with_faults("").await;
    let job = rig.job(&days(8, 3));
    rig.run(&job).await;
    // The state of a process that ended before it checked.
    let parts = rig.data.store().download_parts("a").unwrap();
    for part in parts.iter().filter(|part| part.name.starts_with("check ")) {
        let waiting = storage::DownloadPart::waiting(part.name.clone(), clock::now());
        rig.data.store().update_download_part("a", &waiting).unwrap();
    }
    let again = Arc::new(Job::new("a".to_owned(), job.request.clone(), clock::now()));
    let told = Mutex::new(Vec::new());
    let disk = Disk::default();
    let run = Run {
        job: &again,
        client: &rig.client,
        data: &rig.data,
        disk: &disk,
        manner: manner(&rig.dir),
        tell: &|| told.lock().unwrap().extend(again.progress().activity),
    };
    assert_eq!(run.run().await.unwrap(), Ended::Complete);
    assert_eq!((again.progress().checked, again.progress().rows_new), (hours_and_days(5), 0));
    let told = told.lock().unwrap();
    assert!(told.iter().any(|line| line.starts_with("checking SOLUSDT 1")), "{told:?}");
    assert!(told.iter().all(|line| !line.starts_with("fetching")), "nothing is fetched twice");
}

fn named(names: &[&str]) -> DownloadDraft {
    DownloadDraft { symbols: names.iter().map(ToString::to_string).collect(), ..days(4, 3) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instrument_that_the_venue_does_not_list_keeps_no_other_from_being_fetched() {
    let rig = Rig::with_faults("").await;
    let job = rig.job(&named(&["FOOUSDT", "SOLUSDT"]));
    assert_eq!(rig.run(&job).await, Ended::Incomplete, "somebody named it");
    let progress = job.progress();
    assert_eq!((progress.rows, progress.parts_failed), (1440, 1));
    assert_eq!(progress.failures, ["the venue lists no FOOUSDT"]);

    let rig = Rig::with_faults("").await;
    let watched: Vec<domain::Symbol> =
        ["FOOUSDT", "SOLUSDT"].map(|name| name.parse().unwrap()).to_vec();
    let request =
        DownloadRequest::of(&named(&[]), VenueName::Demo, &watched, clock::now()).unwrap();
    let job = rig.job_of(request);
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!((progress.rows, progress.parts_failed, progress.parts_absent), (1440, 0, 1));
    assert_eq!(progress.failures, ["the venue lists no FOOUSDT"]);
    let parts = rig.data.store().download_parts("a").unwrap();
    let again = Job::new("a".to_owned(), job.request.clone(), Timestamp::from_millis(0));
    let again = again.stored(JobStatus::Completed, &parts).progress();
    assert_eq!(again.failures, progress.failures, "it survives the end of the program");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_lists_none_of_them_fails_the_whole() {
    let rig = Rig::with_faults("").await;
    let job = rig.job(&named(&["BARUSDT", "FOOUSDT"]));
    let disk = Disk::default();
    let (client, data) = (&rig.client, &rig.data);
    let ended =
        Run { job: &job, client, data, disk: &disk, manner: manner(&rig.dir), tell: &|| {} }
            .run()
            .await;
    let Err(Stopped::Failed(reason)) = ended else { panic!("{ended:?}") };
    assert_eq!(reason, "the venue lists no BARUSDT; the venue lists no FOOUSDT");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_planned_by_the_clock_of_the_venue() {
    // Its clock is a day behind.
    let rig = Rig::with_faults("clock:offset=-86400000").await;
    let draft = DownloadDraft { to: None, check: Some(false), ..days(2, 0) };
    let job = rig.job(&draft);
    rig.run(&job).await;
    let parts = rig.data.store().download_parts("a").unwrap();
    let ends = parts.iter().filter_map(|part| part.name.rsplit_once("..")?.1.parse::<i64>().ok());
    let last = ends.max().unwrap();
    assert!((clock::now().millis() - last - DAY).abs() < DAY / 24, "{parts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_cut_short_is_asked_for_once_more() {
    let rig = Rig::with_faults("klines:short@x1").await;
    let job = rig.job(&days(4, 3));
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!((progress.rows, progress.untold, progress.differences), (1440, 0, 0));
    assert!(progress.failures.is_empty(), "{:?}", progress.failures);
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_that_the_venue_does_not_tell_are_counted_and_seen_by_the_check() {
    // Each answer lacks its second half: the last minute is never told.
    let mut rig = Rig::with_faults("klines:short").await;
    let job = rig.job(&days(4, 3));
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!((progress.rows, progress.untold), (1439, 1));
    let [line] = progress.failures.as_slice() else { panic!("{:?}", progress.failures) };
    assert!(line.starts_with("1 candle of SOLUSDT 1m between "), "{line}");
    let parts = rig.data.store().download_parts("a").unwrap();
    let again = Job::new("a".to_owned(), job.request.clone(), Timestamp::from_millis(0));
    let again = again.stored(JobStatus::Completed, &parts).progress();
    assert_eq!((again.untold, again.failures), (1, progress.failures));
    // The longer candles are told whole by then.
    for part in parts.iter().filter(|part| part.name.starts_with("check ")) {
        let waiting = storage::DownloadPart::waiting(part.name.clone(), clock::now());
        rig.data.store().update_download_part("a", &waiting).unwrap();
    }
    let honest = Rig::with_faults("").await;
    rig.client = Arc::clone(&honest.client);
    let job = Arc::new(Job::new("a".to_owned(), job.request.clone(), clock::now()));
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!((&progress.checked, progress.differences), (&hours_and_days(1), 2));
    for stored in ["59 of 60", "1439 of 1440"] {
        let words = format!("the venue has it, {stored} 1m candles are stored");
        assert!(progress.differing.iter().any(|line| line.ends_with(&words)), "{progress:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_are_answered_wrongly_again_and_again_are_given_up_and_fetched_later() {
    let mut rig = Rig::with_faults("klines:503-internal").await;
    let job = rig.job(&days(4, 3));
    assert_eq!(rig.run(&job).await, Ended::Incomplete, "it gives up");
    let progress = job.progress();
    assert_eq!((progress.rows, progress.parts_done), (0, 0), "{progress:?}");
    assert_eq!((progress.parts_failed, progress.failures.len()), (3, 3), "{progress:?}");
    assert!(progress.failures[0].starts_with("rest SOLUSDT 1m "), "{:?}", progress.failures);
    assert!(rig.data.coverage().unwrap().is_empty(), "nothing is half stored");
    let parts = rig.data.store().download_parts("a").unwrap();
    let again = Job::new("a".to_owned(), job.request.clone(), Timestamp::from_millis(0));
    let again = again.stored(JobStatus::Failed, &parts).progress();
    assert_eq!(again.failures.len(), 3, "the reasons survive the end of the program");

    let honest = Rig::with_faults("").await;
    rig.client = Arc::clone(&honest.client);
    let job = Arc::new(Job::new("a".to_owned(), job.request.clone(), clock::now()));
    assert_eq!(rig.run(&job).await, Ended::Complete, "the same parts, later");
    assert_eq!((job.progress().rows, job.progress().parts_failed), (1440, 0));
    let coverage = rig.data.coverage().unwrap();
    assert_eq!((coverage[0].candles, coverage[0].gaps.len()), (1440, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stores_no_part_by_half_and_the_rest_is_fetched_when_there_is_room() {
    let rig = Rig::with_faults("").await;
    let job = rig.job(&days(40, 3));
    let store = rig.data.store();
    store.limit_growth(Some(24)).unwrap();
    let disk = Disk::default();
    let (client, data) = (&rig.client, &rig.data);
    let full = Run { job: &job, client, data, disk: &disk, manner: manner(&rig.dir), tell: &|| {} };
    match full.run().await {
        Ok(Ended::Incomplete) => {}
        Err(Stopped::Failed(reason)) => assert!(reason.contains("the disk is full"), "{reason}"),
        other => panic!("{other:?}"),
    }
    let failures = job.progress().failures;
    let is_full = |line: &String| line.contains("the disk is full");
    assert!(!failures.is_empty() && failures.iter().all(is_full), "{failures:?}");
    let stored = rig.data.store().coverage().unwrap();
    let stored: u64 = stored.iter().map(|one| one.candles).sum();
    assert!(stored < 37 * 1440 && stored.is_multiple_of(1440), "whole parts only: {stored}");

    store.limit_growth(None).unwrap();
    let again = rig.job_named("b", job.request.clone());
    assert_eq!(rig.run(&again).await, Ended::Complete);
    assert_eq!((again.progress().parts_failed, again.progress().differences), (0, 0));
    let report = rig.data.integrity("demo", "SOLUSDT", ("1m", "last")).unwrap();
    assert!(report.candles >= 37 * 1440 && report.candles == report.expected, "no hole");
    let differs = |one: &(FindingKind, u64)| one.0 == FindingKind::DerivedDiffers;
    assert!(!report.totals.iter().any(differs), "nor is anything of the first try left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_of_the_market_is_told_and_is_no_difference() {
    let start = clock::now().day_start().plus_millis(-4 * DAY + 5 * 3_600_000);
    let gap = format!("market/SOLUSDT:gap@{start}..{}", start.plus_millis(20 * 60_000));
    let rig = Rig::with_faults(&gap).await;
    let job = rig.job(&days(4, 3));
    assert_eq!(rig.run(&job).await, Ended::Complete);
    let progress = job.progress();
    assert_eq!((progress.rows, progress.untold), (1420, 20));
    assert_eq!((progress.differences, progress.differing), (0, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_waits_does_not_hold_a_cancellation_up() {
    for faults in ["klines:delay=600000", "klines:429=600", "exchangeInfo:delay=600000"] {
        let rig = Rig::with_faults(faults).await;
        let job = rig.job(&days(4, 3));
        let disk = Disk::default();
        let (client, data) = (&rig.client, &rig.data);
        let tell = || {};
        let run =
            Run { job: &job, client, data, disk: &disk, manner: manner(&rig.dir), tell: &tell };
        let (what, begun) = if faults.starts_with("exchange") {
            (0, "reading what the venue lists")
        } else {
            (1, "fetching")
        };
        let cancel = async {
            let is_at = || {
                let progress = job.progress();
                let doing = progress.activity.unwrap_or_default();
                progress.parts_total >= what
                    && (doing.starts_with(begun) || doing.starts_with("waiting"))
            };
            while !is_at() {
                tokio::task::yield_now().await;
            }
            job.cancel();
        };
        let both = async { tokio::join!(run.run(), cancel).0 };
        let ended = tokio::time::timeout(Duration::from_secs(60), both).await.unwrap();
        assert!(matches!(ended, Err(Stopped::Cancelled)), "{faults}: {ended:?}");
        let parts = rig.data.store().download_parts("a").unwrap();
        assert!(parts.iter().all(|part| part.state == storage::PartState::Waiting), "{parts:?}");
    }
}
