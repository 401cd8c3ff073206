//! Chooses the web view's renderer on Linux before anything else starts.
//!
//! Without a GPU, and with NVIDIA's driver, WebKitGTK's DMABUF renderer is slow or shows
//! an empty window. A variable that is already set is left alone.

/// Switches the DMABUF renderer off where it is known to fail. Must run before any thread starts.
pub fn prepare() {
    #[cfg(target_os = "linux")]
    linux::prepare();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

    pub(super) fn prepare() {
        if std::env::var_os(VARIABLE).is_some() || (has_render_node() && !has_nvidia()) {
            return;
        }
        #[expect(unsafe_code, reason = "first statement of main, no other thread exists")]
        // SAFETY: nothing else reads or writes the environment at this point.
        unsafe {
            std::env::set_var(VARIABLE, "1");
        }
    }

    fn has_render_node() -> bool {
        let Ok(devices) = std::fs::read_dir("/dev/dri") else { return false };
        devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
    }

    fn has_nvidia() -> bool {
        Path::new("/proc/driver/nvidia").exists()
    }
}
