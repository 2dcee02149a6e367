//! The inference server, which SageMaker starts with `docker run IMAGE serve`: /ping and /invocations with the model in /opt/ml/model.

use algorithm::{
    model::Model,
    rows::{FEATURES, Row, parse_csv, parse_json},
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use std::{env, error::Error, path::Path, sync::Arc, time::Duration};
use tokio::signal::unix::{SignalKind, signal};

const MAX_BODY: usize = 25 * 1024 * 1024;

type HttpError = (StatusCode, String);

#[derive(Serialize)]
struct Prediction {
    label: &'static str,
    probability: f64,
}

#[derive(Serialize)]
struct Predictions {
    predictions: Vec<Prediction>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let model = Model::load(Path::new("/opt/ml/model"));
    if let Err(error) = &model {
        // The container runs, but /ping reports that it is not healthy.
        eprintln!("no model: {error}");
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(model.ok()))
}

async fn serve(model: Option<Model>) -> Result<(), Box<dyn Error>> {
    let routes = Router::new()
        .route("/ping", get(ping).post(ping))
        .route("/invocations", post(invocations))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(model));
    let port = env::var("SAGEMAKER_BIND_TO_PORT").unwrap_or_else(|_| "8080".to_string());
    let listener = tokio::net::TcpListener::bind(format!("0.0.0.0:{port}")).await?;
    let mut stop = signal(SignalKind::terminate())?;
    axum::serve(listener, routes)
        .with_graceful_shutdown(async move {
            stop.recv().await;
            // SageMaker kills the container 30 seconds after SIGTERM. Requests in progress are completed, but not for longer.
            tokio::spawn(async {
                tokio::time::sleep(Duration::from_secs(25)).await;
                std::process::exit(1);
            });
        })
        .await?;
    Ok(())
}

async fn ping(State(model): State<Arc<Option<Model>>>) -> StatusCode {
    if model.is_some() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

async fn invocations(
    State(model): State<Arc<Option<Model>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let model = model.as_ref().as_ref().ok_or((
        StatusCode::SERVICE_UNAVAILABLE,
        "no model is loaded".to_string(),
    ))?;
    let accept = negotiate(header(&headers, ACCEPT))?;
    let rows = read_rows(header(&headers, CONTENT_TYPE), &body)?;
    let predictions = model
        .predict(&rows)
        .into_iter()
        .map(|probability| Prediction {
            label: if probability >= 0.5 {
                "benign"
            } else {
                "malignant"
            },
            probability,
        });
    let text = if accept == "text/csv" {
        predictions
            .map(|one| format!("{},{:.6}\n", one.label, one.probability))
            .collect()
    } else {
        serde_json::to_string(&Predictions {
            predictions: predictions.collect(),
        })
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?
    };
    Ok(([(CONTENT_TYPE, accept)], text).into_response())
}

fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}

/// The MIME type without parameters: `text/csv; charset=utf-8` is text/csv.
fn mime_type(header: &str) -> String {
    header.split(';').next().unwrap_or("").trim().to_lowercase()
}

/// The content type of the response.
fn negotiate(accept: &str) -> Result<&'static str, HttpError> {
    let accepted: Vec<String> = accept.split(',').map(mime_type).collect();
    [
        ("application/json", "application/*"),
        ("text/csv", "text/*"),
    ]
    .into_iter()
    .find(|(offered, any)| {
        accepted
            .iter()
            .any(|one| one == offered || one == any || one == "*/*" || one.is_empty())
    })
    .map(|(offered, _)| offered)
    .ok_or((
        StatusCode::NOT_ACCEPTABLE,
        format!("accept must include application/json or text/csv, got {accept}"),
    ))
}

fn read_rows(content_type: &str, body: &[u8]) -> Result<Vec<Row>, HttpError> {
    let rows = match mime_type(content_type).as_str() {
        "text/csv" => std::str::from_utf8(body)
            .map_err(|error| format!("body: {error}"))
            .and_then(|text| parse_csv(text, FEATURES, "body")),
        "application/json" => parse_json(body),
        other => {
            let message =
                format!("the content type must be text/csv or application/json, got {other:?}");
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
    };
    match rows {
        Ok(rows) if rows.is_empty() => Err((StatusCode::BAD_REQUEST, "body: no rows".to_string())),
        other => other.map_err(|error| (StatusCode::BAD_REQUEST, error)),
    }
}
