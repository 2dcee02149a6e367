//! What training and inference share: the parser of the rows, and the model.

pub mod model;
pub mod rows;
