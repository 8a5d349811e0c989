//! Whom a request takes the sandbox for. A page of any site can have its own name resolve to this machine (DNS rebinding),
//! and a browser then lets its scripts read what they ask for; but the browser tells that name in `Host`.

use std::net::{IpAddr, SocketAddr};

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, Uri, header};

use super::answer::ErrorResponse;

/// Checks that a request is for the sandbox at `addr` and not from a page of another site.
pub(super) fn check(parts: &Parts, addr: SocketAddr) -> Result<(), ErrorResponse> {
    let mut hosts = parts.headers.get_all(header::HOST).iter().map(text);
    let named = match (hosts.next(), hosts.next(), parts.uri.authority()) {
        (Some(host), None, None) => is_own(host, addr),
        // The host of the request line counts, and the `Host` header must agree with it.
        (Some(host), None, Some(authority)) => is_own(host, addr) && is_own(authority.as_str(), addr),
        (None, _, Some(authority)) => is_own(authority.as_str(), addr),
        (None, _, None) | (Some(_), Some(_), _) => false,
    };
    if !named {
        return Err(ErrorResponse::new(
            StatusCode::MISDIRECTED_REQUEST,
            format!(
                "The sandbox answers requests to this machine only, and the `Host` of this one names another, or none: \
                 ask for http://{addr}"
            ),
        ));
    }
    let mut origins = parts.headers.get_all(header::ORIGIN).iter().map(text);
    if !origins.all(|origin| is_own_page(origin, addr)) {
        return Err(ErrorResponse::new(
            StatusCode::FORBIDDEN,
            "The sandbox answers no pages of other sites, and the `Origin` of this request names one",
        ));
    }
    Ok(())
}

/// An unreadable header counts as another host.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

/// Whether this is a loopback name or address with the sandbox's port.
fn is_own(host: &str, addr: SocketAddr) -> bool {
    const HTTP_PORT: u16 = 80;
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let port = match authority.port() {
        Some(port) => port.as_str().parse().ok(),
        None => Some(HTTP_PORT),
    };
    let name = authority.host();
    let address: Option<IpAddr> = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(inner) => inner.parse().ok().map(IpAddr::V6),
        None => name.parse().ok().map(IpAddr::V4),
    };
    let is_loopback = name.eq_ignore_ascii_case("localhost") || address.is_some_and(|address| address.is_loopback());
    is_loopback && port == Some(addr.port()) && !authority.as_str().contains('@')
}

/// Whether an `Origin` is the sandbox's own page; `null` is not.
fn is_own_page(origin: &str, addr: SocketAddr) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    let is_http = origin.scheme_str() == Some("http");
    is_http
        && origin
            .authority()
            .is_some_and(|authority| is_own(authority.as_str(), addr))
}
