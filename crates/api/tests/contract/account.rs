//! The futures account of a backtest: costs, funding, margin, risk rules, portfolios, explanations.

use domain::Decimal;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Served, answer, candles, changed, csv};

fn number(value: &Value) -> Decimal {
    value.to_string().parse().unwrap()
}

fn codes(result: &Value) -> Vec<&str> {
    let warnings = result["warnings"].as_array().unwrap();
    warnings.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

async fn trades(served: &Served, result: &Value) -> Vec<Value> {
    let path = format!("/backtests/{}/trades?size=50000", result["id"].as_str().unwrap());
    served.get(&path).await.1["items"].as_array().unwrap().clone()
}

/// Uploads a file under a name that says what is in it.
async fn upload(served: &Served, name: &str, text: String) -> Value {
    let path = format!("/api/v1/market/uploads?name={name}&symbol=TESTUSDT");
    let (status, job) = answer(served.request(Method::POST, &path).body(text)).await;
    assert_eq!(status, 202, "{job}");
    served.import_ended(job["id"].as_str().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn several_symbols_share_one_account() {
    let served = Served::with_candles().await;
    served.upload("OTHERUSDT", "um", &csv(&candles("2024-01-01", "2024-01-06"))).await;
    let request = changed(&json!({
        "symbol": null, "strategy": "SMA_CROSS", "end_date": "2024-01-08",
        "portfolio": [
            { "symbol": "TESTUSDT" },
            { "symbol": "otherusdt", "parameters": { "fast": 5, "slow": 20 } },
            { "symbol": "TESTUSDT", "strategy": "SIMPLE_TEST", "timeframes": ["1h"] },
        ],
    }));
    let result = served.run(&request).await;
    assert_eq!(result["symbols"], json!(["TESTUSDT", "OTHERUSDT"]));
    let (instruments, sleeves) =
        (result["instruments"].as_array().unwrap(), result["sleeves"].as_array().unwrap());
    assert_eq!((instruments.len(), sleeves.len()), (2, 3));
    assert_eq!(sleeves[1]["parameters"]["fast"], 5);
    assert_eq!(sleeves[2]["tf_roles"], json!({ "1h": "LTF" }));
    let profit = number(&result["final_balance"]) - number(&result["initial_balance"]);
    let unassigned = number(&result["unassigned"]);
    for shares in [instruments, sleeves] {
        let net: Decimal = shares.iter().map(|one| number(&one["result"]["net_profit"])).sum();
        assert_eq!(net + unassigned, profit, "to the last digit");
        let count: u64 = shares.iter().map(|one| one["result"]["trades"].as_u64().unwrap()).sum();
        assert_eq!(count, result["total_trades"].as_u64().unwrap());
    }
    let short = instruments[1]["warnings"].as_array().unwrap();
    assert!(short.iter().any(|one| one["code"] == "DATA_RANGE"), "{short:?}");
    let whole = result["warnings"].as_array().unwrap();
    assert!(whole.iter().any(|one| {
        one["code"] == "DATA_RANGE" && one["message"].as_str().unwrap().starts_with("OTHERUSDT: ")
    }));
    for trade in trades(&served, &result).await {
        let sleeve = &sleeves[usize::try_from(trade["sleeve"].as_u64().unwrap()).unwrap()];
        assert_eq!(
            (&trade["symbol"], &trade["strategy"]),
            (&sleeve["symbol"], &sleeve["strategy"])
        );
    }
    for (filter, total) in
        [("symbol=otherusdt", 1), ("strategy=SimpleTestStrategy", 1), ("symbol=OTHER", 0)]
    {
        let (_, page) = served.get(&format!("/backtests/?{filter}")).await;
        assert_eq!(page["total"], total, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_symbol_alone_and_in_a_list_give_the_same() {
    let served = Served::with_candles().await;
    let alone = served.run(&changed(&json!({}))).await;
    for form in [
        json!({ "symbol": null, "symbols": ["TESTUSDT"] }),
        json!({ "symbol": null, "portfolio": [{ "symbol": "TESTUSDT" }] }),
    ] {
        let result = served.run(&changed(&form)).await;
        for figure in ["final_balance", "metrics", "sleeves", "instruments", "warnings"] {
            assert_eq!(result[figure], alone[figure], "{figure} of {form}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trade_is_explained_by_its_fills_and_its_sizing() {
    let served = Served::with_candles().await;
    let request = changed(&json!({ "strategy": "SIMPLE_TEST", "timeframes": ["1h"] }));
    let result = served.run(&request).await;
    let id = result["id"].as_str().unwrap();
    let all = trades(&served, &result).await;
    assert!(!all.is_empty(), "{result}");
    for trade in &all {
        let (_, whole) = served.get(&format!("/backtests/{id}/trades/{}", trade["index"])).await;
        assert_eq!(&whole["trade"], trade);
        let fills = whole["fills"].as_array().unwrap();
        assert_eq!(fills.len() as u64, trade["fills"].as_u64().unwrap());
        let sum = |field: &str, entry: bool| -> Decimal {
            let of = |fill: &&Value| (fill["purpose"] == "Entry") == entry;
            fills.iter().filter(of).map(|fill| number(&fill[field])).sum()
        };
        assert_eq!(sum("quantity", true), number(&trade["size"]));
        assert_eq!(sum("quantity", false), number(&trade["size"]));
        let commission = sum("commission", true) + sum("commission", false);
        assert_eq!(commission, number(&trade["commission"]));
        assert_eq!(fills.last().unwrap()["purpose"], trade["exit_reason"]);
        let sizing = &trade["sizing"];
        assert_eq!(sizing["rule"], "risk_of_equity");
        let risk = number(&sizing["equity"]) * number(&sizing["value"]);
        let wished = (risk / number(&sizing["stop_distance"])).round_dp(6);
        assert_eq!(number(&sizing["wished"]).round_dp(6), wished, "{sizing}");
        assert!(number(&trade["mae"]) >= Decimal::ZERO && number(&trade["mfe"]) >= Decimal::ZERO);
    }
    for missing in ["0", "999999", "first", "-1"] {
        let (status, body) = served.get(&format!("/backtests/{id}/trades/{missing}")).await;
        assert_eq!((status, &body["error_code"]), (404, &json!("NOT_FOUND")), "{missing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trades_are_exported_as_csv() {
    let served = Served::with_candles().await;
    let result = served.run(&changed(&json!({}))).await;
    let path = format!("/api/v1/backtests/{}/trades.csv", result["id"].as_str().unwrap());
    let response = served.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    let text = response.text().await.unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let all = trades(&served, &result).await;
    assert_eq!(lines.len(), all.len() + 1);
    let column = |name: &str| lines[0].iter().position(|head| *head == name).unwrap();
    for (line, trade) in lines[1..].iter().zip(&all) {
        assert_eq!(line.len(), lines[0].len());
        assert_eq!(line[column("pnl_comm")], trade["pnl_comm"].to_string());
        assert_eq!(line[column("exit_date")], trade["exit_date"].as_str().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_skipped_signal_names_the_refusing_rule() {
    let served = Served::with_candles().await;
    let request = |ratio: &str| {
        changed(&json!({
            "strategy": "SIMPLE_TEST", "timeframes": ["15m"],
            "risk": { "reward_to_risk_min": ratio },
        }))
    };
    let traded = served.run(&request("1.5")).await;
    assert!(traded["total_trades"].as_u64().unwrap() > 0, "its own minimum is 1.5");
    let result = served.run(&request("3")).await;
    assert_eq!(result["total_trades"], 0);
    assert_eq!(result["risk"], json!({ "reward_to_risk_min": 3 }));
    let counted = &result["skipped_signals"][0];
    assert_eq!(counted["code"], "REWARD_TO_RISK", "{result}");
    assert_eq!(counted["count"], result["skips_kept"]);
    let path = format!("/backtests/{}/skipped", result["id"].as_str().unwrap());
    let (_, page) = served.get(&format!("{path}?size=2&page=2&code=reward_to_risk")).await;
    assert_eq!((&page["total"], page["items"].as_array().unwrap().len()), (&counted["count"], 2));
    let skip = &page["items"][0];
    assert_eq!((&skip["symbol"], &skip["strategy"]), (&json!("TESTUSDT"), &json!("SIMPLE_TEST")));
    assert!(skip["message"].as_str().unwrap().contains("at least 3, was 1.5"), "{skip}");
    assert!(skip["side"].is_string() && skip["time"].as_str().unwrap().starts_with("2024-01-"));
    assert_eq!(served.get(&format!("{path}?code=OTHER")).await.1["total"], 0);
    assert_eq!(served.get(&format!("{path}?size=0")).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fill_policy_is_printed_and_decides() {
    let served = Served::with_candles().await;
    let plain = served.run(&changed(&json!({}))).await;
    let result = served
        .run(&changed(&json!({
            "fee_tier": "VIP0", "slippage_model": { "spread": "0.0002", "impact": 0.01 },
            "fill_time": "next_close", "limit_fill": "touch", "intrabar_policy": "adaptive",
            "participation_max": 0.5, "random_seed": 9_007_199_254_740_991_u64,
        })))
        .await;
    assert_eq!(
        result["fill_policy"],
        json!({
            "fill_time": "next_close", "intrabar": "adaptive", "limit_fill": "touch",
            "commission": 0.0005, "maker_commission": 0.0002, "fee_tier": "vip0",
            "slippage": 0, "slippage_model": { "spread": 0.0002, "impact": 0.01 },
            "latency": { "orders_ms": 0, "reports_ms": 0, "jitter_ms": 0 },
            "participation_max": 0.5, "seed": 9_007_199_254_740_991_u64,
        })
    );
    assert_eq!(
        (&result["fill_time"], &result["commission"]),
        (&json!("next_close"), &json!(0.0005))
    );
    assert_ne!(result["final_balance"], plain["final_balance"]);
    let late =
        json!({ "latency": { "orders_ms": 400, "reports_ms": 100, "jitter_ms": 50 }, "seed": 7 });
    let (one, two) = (served.run(&changed(&late)).await, served.run(&changed(&late)).await);
    assert_eq!(one["final_balance"], two["final_balance"], "draws are seeded");
    assert_eq!(one["fill_policy"]["latency"]["jitter_ms"], 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_round_prices_and_quantities() {
    let served = Served::with_candles().await;
    let quantity = json!({ "quantity": "0.0137" });
    let off = served.run(&changed(&json!({ "parameters": quantity, "filters": "off" }))).await;
    assert!(trades(&served, &off).await.iter().all(|trade| trade["size"] == json!(0.0137)));
    assert!(!codes(&off).contains(&"FILTERS_UNKNOWN"));
    let given = served
        .run(&changed(&json!({
            "parameters": quantity, "filters": { "tick": "0.5", "step": "0.001", "min_notional": 5 },
        })))
        .await;
    assert_eq!(given["account"]["filters"]["step"], 0.001);
    assert_eq!(given["instruments"][0]["filters"], "given");
    let rounded = trades(&served, &given).await;
    assert!(!rounded.is_empty());
    let half = Decimal::new(5, 1);
    for trade in &rounded {
        assert_eq!(trade["size"], json!(0.013));
        assert_eq!(number(&trade["entry_price"]) % half, Decimal::ZERO, "{trade}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn known_filters_come_with_their_date() {
    let served = Served::empty().await;
    served.upload("BTCUSDT", "um", &csv(&candles("2024-01-01", "2024-01-04"))).await;
    let request = json!({ "symbol": "BTCUSDT", "end_date": "2024-01-04", "funding": "off" });
    let result = served.run(&changed(&request)).await;
    assert_eq!(codes(&result), ["FILTERS_AS_OF", "BRACKETS_ASSUMED", "MARK_FROM_LAST"]);
    assert_eq!(result["instruments"][0]["filters"], "as of 2026-09-11");
    assert_eq!(result["instruments"][0]["brackets"], "historical_btcusdt");
}

/// A row as the archive has it of mark prices: nothing is traded at them.
fn without_volume(row: &str) -> String {
    let cells: Vec<&str> = row.split(',').collect();
    format!("{},0,{},0,0,0,0,0\n", cells[..5].join(","), cells[6])
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_funding_and_mark_prices_are_used() {
    let served = Served::with_candles().await;
    let hour = 3_600_000;
    let settlement =
        |number: i64| format!("{},8,0.001\n", 1_704_067_200_000 + number * 8 * hour + 5);
    let job =
        upload(&served, "TESTUSDT-fundingRate-2024-01.csv", (0..24).map(settlement).collect());
    let job = job.await;
    assert_eq!(
        (&job["files"][0]["content"], &job["files"][0]["rows"]),
        (&json!("funding"), &json!(24)),
        "{job}"
    );
    let hours =
        market::aggregate(&candles("2024-01-01", "2024-01-11"), domain::Timeframe::H1).unwrap();
    let mark = csv(&hours).lines().map(without_volume).collect();
    let job = upload(&served, "TESTUSDT-1h-mark.csv", mark).await;
    assert_eq!(
        (&job["files"][0]["content"], &job["status"]),
        (&json!("mark_candles"), &json!("completed")),
        "{job}"
    );
    let (_, funding) = served.get("/market/funding").await;
    assert_eq!(
        (&funding[0]["symbol"], &funding[0]["settlements"]),
        (&json!("TESTUSDT"), &json!(24))
    );
    let (_, coverage) = served.get("/market/coverage").await;
    let prices: Vec<&Value> =
        coverage.as_array().unwrap().iter().map(|one| &one["price"]).collect();
    assert!(prices.contains(&&json!("mark")) && prices.contains(&&json!("last")), "{coverage}");
    let result = served.run(&changed(&json!({ "timeframes": ["1h"] }))).await;
    let instrument = &result["instruments"][0];
    assert_eq!(instrument["mark"], "1h");
    assert_eq!(
        instrument["funding"],
        json!({ "source": "recorded", "settlements": 30, "recorded": 24, "assumed": 6, "with_mark": 30 })
    );
    let assumed = result["warnings"][0]["message"].as_str().unwrap();
    assert!(assumed.contains("6 settlements of 30 (20.0 % of the range)"), "{assumed}");
    assert_eq!(codes(&result), ["FUNDING_ASSUMED", "FILTERS_UNKNOWN", "BRACKETS_ASSUMED"]);
    let constant =
        json!({ "timeframes": ["1h"], "funding": { "rate": 0.001, "interval_hours": 8 } });
    let dearer = served.run(&changed(&constant)).await;
    let paid = |result: &Value| number(&result["instruments"][0]["result"]["funding"]);
    assert_ne!(paid(&result), paid(&dearer));
    let off = served.run(&changed(&json!({ "timeframes": ["1h"], "funding": "off" }))).await;
    assert_eq!(paid(&off), Decimal::ZERO);
    let path = "/market/candles?symbol=TESTUSDT&timeframe=1h&price=mark&limit=1";
    assert_eq!(served.get(path).await.1["price"], "mark");
    let (status, body) = served.delete("/market/funding?market=um&symbol=testusdt").await;
    assert_eq!((status, &body["data"]["deleted"]), (200, &json!(24)));
    assert_eq!(served.delete("/market/funding?market=um&symbol=testusdt").await.0, 404);
    let path = "/market/series?market=um&symbol=TESTUSDT&timeframe=1h&price=mark";
    assert_eq!(served.delete(path).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn spot_candles_have_no_funding_of_their_own() {
    let served = Served::empty().await;
    served.upload("TESTUSDT", "spot", &csv(&candles("2024-01-01", "2024-01-03"))).await;
    let result = served.run(&changed(&json!({ "end_date": "2024-01-03" }))).await;
    assert_eq!(
        codes(&result),
        ["SPOT_DATA", "FUNDING_NONE", "FILTERS_UNKNOWN", "BRACKETS_ASSUMED", "MARK_FROM_LAST"]
    );
    assert_eq!(result["instruments"][0]["funding"]["settlements"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_used_up_stops_and_says_so() {
    let served = Served::with_candles().await;
    let result = served
        .run(&changed(&json!({
            "timeframes": ["1m"], "initial_balance": 300, "leverage": 20, "margin_mode": "cross",
            "parameters": { "quantity": "0.1", "fast": 300, "slow": 900 },
            "funding": { "rate": "0.04", "interval_hours": 1 },
        })))
        .await;
    let notices = result["notices"].as_array().unwrap();
    let depleted = notices.iter().find(|one| one["code"] == "DEPLETED");
    assert!(depleted.is_some_and(|one| one["time"].as_str().unwrap() < "2024-01-10"), "{result}");
    assert!(codes(&result).contains(&"ACCOUNT_DEPLETED"));
    assert!(notices.iter().any(|one| {
        one["code"] == "LIQUIDATED" && one["symbol"] == "TESTUSDT" && one["equity"].is_number()
    }));
    assert_eq!(result["notice_count"], notices.len() as u64);
    assert_eq!(result["account"]["margin_mode"], "cross");
}

#[tokio::test(flavor = "multi_thread")]
async fn loss_limits_lock_and_are_noticed() {
    let served = Served::with_candles().await;
    let result = served
        .run(&changed(&json!({
            "timeframes": ["1m"], "parameters": { "quantity": "0.1", "fast": 2, "slow": 3 },
            "risk": { "loss_daily_max": 0.01, "on_breach": "flatten" },
        })))
        .await;
    let notice = &result["notices"][0];
    assert_eq!(notice["code"], "LOCKED", "{result}");
    assert!(notice["message"].as_str().unwrap().starts_with("LOSS_DAILY: "), "{notice}");
    assert_eq!(notice["until"], "2024-01-02T00:00:00Z");
    let skipped = result["skipped_signals"].as_array().unwrap();
    assert!(skipped.iter().any(|one| one["code"] == "LOSS_DAILY"), "{skipped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_band_and_the_badge_are_shown() {
    let served = Served::with_candles().await;
    let tight = json!({
        "timeframes": ["1h"], "parameters": { "stop_loss": "0.001", "take_profit": "0.001" },
        "checks": { "truncation": true },
    });
    let result = served.run(&changed(&tight)).await;
    assert_eq!(result["truncation"]["badge"], "passed", "{result}");
    assert_eq!(result["truncation"]["cuts"].as_array().unwrap().len(), 4);
    let band = &result["band"];
    assert!(band["ambiguous_trades"].as_u64().unwrap() > 0, "{result}");
    assert_eq!(band["pessimistic"]["final_balance"], result["final_balance"]);
    assert!(number(&band["optimistic"]["final_balance"]) > number(&result["final_balance"]));
    let mut drilled = tight.clone();
    drilled["intrabar_policy"] = json!("drill");
    drilled["checks"] = json!({});
    let drilled = served.run(&changed(&drilled)).await;
    assert_eq!(drilled["instruments"][0]["finer"], "1m");
    let width = |result: &Value| {
        let band = &result["band"];
        number(&band["optimistic"]["final_balance"]) - number(&band["pessimistic"]["final_balance"])
    };
    assert!(drilled["band"].is_null() || width(&drilled) < width(&result), "{drilled}");
    let mut without = tight;
    without["checks"] = json!({ "band": false });
    let without = served.run(&changed(&without)).await;
    assert_eq!((&without["band"], &without["truncation"]), (&Value::Null, &Value::Null));
    let finest = json!({ "timeframes": ["1m"], "intrabar_policy": "drill" });
    let finest = served.run(&changed(&finest)).await;
    assert!(codes(&finest).contains(&"DRILL_WITHOUT_FINER"));
}
