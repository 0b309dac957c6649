use super::Answer;

/// Every answer says how a browser has to treat it, and what is personal is kept by nobody.
pub fn is_guarded(what: &str, answer: &Answer) {
    let is = |name: &str, value: &str| assert_eq!(answer.header(name), value, "{what} ({}): {name}", answer.status);
    is("x-content-type-options", "nosniff");
    is("x-frame-options", "DENY");
    is("referrer-policy", "same-origin");
    is("cross-origin-opener-policy", "same-origin");
    is("cross-origin-resource-policy", "same-origin");
    let policy = answer.header("content-security-policy");
    for word in ["default-src", "frame-ancestors 'none'"] {
        assert!(policy.contains(word), "{what} ({}): {policy:?}", answer.status);
    }
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'),
        "{policy}"
    );
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    let is_file = what.starts_with("/assets/") && answer.status == 200;
    is("cache-control", if is_file { "public, max-age=31536000, immutable" } else { "no-store" });
    assert_eq!(answer.header("server"), "", "{what}");
}
