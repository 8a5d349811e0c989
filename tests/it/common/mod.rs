//! What tests share: the program as a person runs it, projects with campaigns, how many cases are tried, and generated files.

pub(crate) mod bodies;
pub(crate) mod certificate;
pub(crate) mod command;
pub(crate) mod generated;
pub(crate) mod project;
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod site;
