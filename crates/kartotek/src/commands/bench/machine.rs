use std::time::Duration;

/// Cores and processor, to go beside every figure.
pub(super) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{cores} cores, {}", if model.is_empty() { std::env::consts::ARCH } else { model })
}

/// The most memory that this process has had so far, in MB; `None` where the system does not say.
pub(super) fn peak_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1000)
}

/// Begins measuring [`peak_memory_mb`] anew, so that what came before does not count.
pub(super) fn reset_peak_memory() {
    // Where the system does not allow it, the peak includes what came before, which can only make it look worse.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// How many in a second.
#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
pub(super) fn per_second(number: u64, time: Duration) -> f64 {
    number as f64 / time.as_secs_f64()
}

/// The middle one, of an even number the later of the two.
pub(super) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
