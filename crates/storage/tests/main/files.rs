//! From picked paths to files.

use std::path::PathBuf;

use storage::{FileStatus, collect_files, disk_free};

use crate::support::{Folder, gzip, import, rows, zip};

#[test]
fn folders_are_searched_and_everything_comes_once_in_order() {
    let folder = Folder::new();
    let b = folder.file("pick/deep/b.csv.gz", gzip(rows(10..20).as_bytes()));
    let a = folder.file("pick/a.csv", rows(0..10));
    let c = folder.file("pick/deep/er/c.zip", zip(&[("c.csv", rows(20..30).as_bytes())]));
    let odd = folder.file("odd.txt", rows(30..40));
    folder.file("pick/notes.txt", "x");
    folder.file("pick/.hidden.csv", "x");
    folder.file("pick/deep/b.csv.gz.CHECKSUM", "x");
    folder.file("empty/notes.txt", "x");
    let root = folder.dir.path();
    let picked =
        [root.join("pick"), a.clone(), odd.clone(), root.join("empty"), root.join("missing.csv")];
    let (files, unusable) = collect_files(&picked);
    assert_eq!(files, [odd, a, b, c]);
    let reasons: Vec<(PathBuf, bool)> =
        unusable.into_iter().map(|(path, reason)| (path, reason.contains("was none"))).collect();
    assert_eq!(reasons, [(root.join("empty"), true), (root.join("missing.csv"), false)]);

    let store = folder.store();
    assert!(files.iter().all(|file| import(&store, file).status == FileStatus::Imported));
    assert_eq!(store.coverage().unwrap()[0].candles, 40);
}

#[test]
fn room_on_the_disk_is_known() {
    assert!(disk_free(Folder::new().dir.path()).is_some());
    assert_eq!(disk_free(&PathBuf::from("/no/such/folder")), None);
}

#[cfg(unix)]
#[test]
fn data_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows(0..10)));
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.data()), 0o700);
    for entry in std::fs::read_dir(folder.data()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(path.clone()), 0o600, "{}", path.display());
    }
}
