use clap::Parser;
#[derive(Parser)] struct A { #[command(flatten)] a: beadle::verbs::check::Args }
fn main() -> std::process::ExitCode { beadle::verbs::check::run(&A::parse().a) }
