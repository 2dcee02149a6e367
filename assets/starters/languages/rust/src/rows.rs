//! The rows of requests and of training data: 30 measurements each, as numbers.

use serde_json::Value;

pub const FEATURES: usize = 30;

pub type Row = Vec<f64>;

/// The rows of a CSV text without a header; blank lines are skipped.
pub fn parse_csv(text: &str, columns: usize, name: &str) -> Result<Vec<Row>, String> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            parse_row(line.split(','), columns, &format!("{name}, line {number}"))
        })
        .collect()
}

/// The rows of `{"instances": [[…], …]}`.
pub fn parse_json(text: &[u8]) -> Result<Vec<Row>, String> {
    let document: Value = serde_json::from_slice(text).map_err(|error| format!("body: {error}"))?;
    let expected = || "body: {\"instances\": [[...], ...]} expected".to_string();
    let instances = document["instances"].as_array().ok_or_else(expected)?;
    (0..)
        .zip(instances)
        .map(|(index, instance)| {
            let cells: Vec<String> = instance
                .as_array()
                .ok_or_else(expected)?
                .iter()
                .map(cell)
                .collect();
            parse_row(
                cells.iter().map(String::as_str),
                FEATURES,
                &format!("instances[{index}]"),
            )
        })
        .collect()
}

fn cell(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_string)
}

fn parse_row<'a>(
    cells: impl Iterator<Item = &'a str>,
    columns: usize,
    place: &str,
) -> Result<Row, String> {
    let cells: Vec<&str> = cells.collect();
    if cells.len() != columns {
        return Err(format!(
            "{place}: {columns} columns expected, got {}",
            cells.len()
        ));
    }
    (1..)
        .zip(cells)
        .map(|(column, cell)| match cell.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(format!(
                "{place}, column {column}: not a number: {cell:.40?}"
            )),
        })
        .collect()
}
