//! How memory goes back to the system.

/// From this many bytes on, a buffer is a mapping of its own and goes back as soon as it is dropped.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BYTES: libc::c_int = 1 << 20;

/// Keeps pictures that were decoded from staying resident. By itself, glibc takes buffers of up to 32 MiB from shared
/// regions once it has seen some, and gives little of these back: after the pictures of `./dev corpus` the server held
/// 270 MiB.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back_large_buffers() {
    #[expect(unsafe_code, reason = "sets a number of the C library; there is no safe call for it")]
    // SAFETY: no pointer is passed.
    let set = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BYTES) };
    debug_assert_eq!(set, 1);
}

/// Other systems' allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back_large_buffers() {}
