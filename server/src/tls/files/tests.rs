use super::*;
use crate::tls::tests::certify;

#[test]
fn what_is_wrong_is_told_with_the_file() {
    let ((folder, crt, key), (_other, _, foreign)) = (certify(), certify());
    let (gone, empty) = (folder.path().join("gone"), folder.path().join("empty"));
    fs::write(&empty, "").unwrap();
    assert_eq!(read(&crt, &key).unwrap().cert.len(), 1);
    for (certificate, key, told, named) in [
        (&gone, &key, "cannot be read", &gone),
        (&crt, &gone, "cannot be read", &gone),
        (&empty, &key, "is empty", &empty),
        (&key, &key, "holds no certificate", &key),
        (&crt, &crt, "holds no private key", &crt),
        (&crt, &foreign, "does not belong", &foreign),
    ] {
        let sentence = format!("{:#}", read(certificate, key).unwrap_err());
        assert!(sentence.contains(told) && sentence.contains(named.to_str().unwrap()), "{sentence}");
    }
}
