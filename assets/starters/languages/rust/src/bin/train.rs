//! The training program, which SageMaker runs with `docker run IMAGE train`.

use algorithm::{
    model::Model,
    rows::{FEATURES, Row, parse_csv},
};
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const INPUT: &str = "/opt/ml/input";

fn main() -> ExitCode {
    // SageMaker sends SIGTERM when a job is stopped, when a Spot Instance is interrupted and at the maximum run time. It uploads
    // /opt/ml/model 120 seconds later. The first process of a container ignores signals without a handler.
    let stop = Arc::new(AtomicBool::new(false));
    let result = signal_hook::flag::register(signal_hook::consts::SIGTERM, stop.clone())
        .map_err(Into::into)
        .and_then(|_| train(&stop));
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    // The first 1024 characters of this file are the failure reason of the job.
    eprintln!("{error}");
    let _ = fs::write("/opt/ml/output/failure", format!("{error:.1024}"));
    ExitCode::FAILURE
}

fn train(stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let given = Hyperparameters::read(&Path::new(INPUT).join("config/hyperparameters.json"))?;
    let training = Channel::read("train")?;
    let validation = Channel::read("validation")?;
    if training.rows.is_empty() {
        return Err("channel train: no rows found; it must have a .csv file with the label in the first column and without a header".into());
    }
    if training
        .labels
        .iter()
        .all(|label| *label == training.labels[0])
    {
        return Err("channel train: rows of both classes are required, got one class".into());
    }

    let mut model = Model::new(&training.rows);
    for epoch in 1..=given.epochs {
        model.fit_epoch(&training.rows, &training.labels, given.learning_rate);
        // The metric definitions of the algorithm find the numbers in this line.
        let loss = log_loss(&model.predict(&training.rows), &training.labels);
        print!("epoch={epoch}; train:loss={loss:.6};");
        if !validation.rows.is_empty() {
            let accuracy = accuracy(&model.predict(&validation.rows), &validation.labels);
            print!(" validation:accuracy={accuracy:.6};");
        }
        println!();
        if stop.load(Ordering::Relaxed) {
            println!("stopped after epoch {epoch}; the model so far is saved");
            break;
        }
    }
    // SageMaker uploads this directory as the model artifact.
    model.save(Path::new("/opt/ml/model"))
}

fn log_loss(probabilities: &[f64], labels: &[f64]) -> f64 {
    let losses = probabilities
        .iter()
        .zip(labels)
        .map(|(probability, label)| {
            // The bounds keep the logarithm from 0.
            let bounded = probability.clamp(1e-15, 1.0 - 1e-15);
            -(label * bounded.ln() + (1.0 - label) * (1.0 - bounded).ln())
        });
    losses.sum::<f64>() / labels.len() as f64
}

fn accuracy(probabilities: &[f64], labels: &[f64]) -> f64 {
    let correct = probabilities
        .iter()
        .zip(labels)
        .filter(|(probability, label)| (**probability >= 0.5) == (**label == 1.0));
    correct.count() as f64 / labels.len() as f64
}

struct Hyperparameters {
    epochs: u32,
    learning_rate: f64,
}

impl Hyperparameters {
    /// Reads the values from a file, where all are text, which some clients encode as JSON.
    fn read(file: &Path) -> Result<Self, Box<dyn Error>> {
        let mut values = Hyperparameters {
            epochs: 20,
            learning_rate: 0.1,
        };
        let given: BTreeMap<String, String> = if file.exists() {
            serde_json::from_slice(&fs::read(file)?)?
        } else {
            BTreeMap::new()
        };
        for (name, value) in &given {
            match name.as_str() {
                "epochs" => values.epochs = number(name, value, "integer", 1, 10_000)?,
                "learning_rate" => {
                    values.learning_rate = number(name, value, "continuous", 1e-6, 1.0)?
                }
                // A tuning job adds _tuning_objective_metric.
                _ if name.starts_with('_') => {}
                _ => {
                    return Err(format!(
                        "hyperparameters: unknown: {name}; use epochs, learning_rate"
                    )
                    .into());
                }
            }
        }
        Ok(values)
    }
}

/// Parses a value as the algorithm is defined in the stack.
fn number<T>(name: &str, text: &str, kind: &str, minimum: T, maximum: T) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let Ok(value) = text.trim_matches('"').parse::<T>() else {
        return Err(format!(
            "hyperparameter {name}: must be a number ({kind}), got {text:?}"
        ));
    };
    if value >= minimum && value <= maximum {
        return Ok(value);
    }
    Err(format!(
        "hyperparameter {name}: must be between {minimum} and {maximum}, got {text}"
    ))
}

/// The rows and labels of all CSV files of a channel; it has none if the channel does not exist.
#[derive(Default)]
struct Channel {
    rows: Vec<Row>,
    labels: Vec<f64>,
}

impl Channel {
    fn read(name: &str) -> Result<Self, Box<dyn Error>> {
        let mut channel = Channel::default();
        let directory = Path::new(INPUT).join("data").join(name);
        if directory.is_dir() {
            channel.add(&directory)?;
        }
        Ok(channel)
    }

    fn add(&mut self, directory: &Path) -> Result<(), Box<dyn Error>> {
        let mut paths = fs::read_dir(directory)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.add(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "csv") {
                let name = path.display().to_string();
                for mut row in parse_csv(&fs::read_to_string(&path)?, FEATURES + 1, &name)? {
                    // The label is the first column; 1 is benign.
                    let label = row.remove(0);
                    if label != 0.0 && label != 1.0 {
                        return Err(format!(
                            "{name}: the label in the first column must be 0 or 1"
                        )
                        .into());
                    }
                    self.labels.push(label);
                    self.rows.push(row);
                }
            }
        }
        Ok(())
    }
}
