//! The KDL front end against the specification's own cases, against another reader, and at its limits.

mod canonical;
mod cases;
mod deviations;
mod differential;
mod generate;
mod limits;
mod suite;
