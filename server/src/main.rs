use server::cli::CommandLine;
use std::process::ExitCode;

/// Gives memory back that a peak of log-ins or messages has taken; glibc's keeps it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match CommandLine::read(std::env::args_os(), std::env::vars_os()) {
        Ok(line) => line.run(),
        Err(stop) if stop.code == 0 => {
            print!("{}", stop.message);
            ExitCode::SUCCESS
        }
        Err(stop) => {
            eprintln!("natter: {}", stop.message);
            ExitCode::from(stop.code)
        }
    }
}
