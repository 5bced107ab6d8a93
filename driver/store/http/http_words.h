// What an HTTP answer says, as errors of ours.
#pragma once

#include "driver/store/http/http_client.h"

#include <string>

namespace tiledir::store
{

constexpr long kHttpOk = 200;
constexpr long kHttpNoContent = 204;
constexpr long kHttpMovedPermanently = 301;
constexpr long kHttpNotModified = 304;
constexpr long kHttpTemporaryRedirect = 307;
constexpr long kHttpBadRequest = 400;
constexpr long kHttpUnauthorized = 401;
constexpr long kHttpForbidden = 403;
constexpr long kHttpNotFound = 404;
constexpr long kHttpConflict = 409;
constexpr long kHttpPreconditionFailed = 412;
constexpr long kHttpInternalError = 500;
constexpr long kHttpNotImplemented = 501;
constexpr long kHttpUnavailable = 503;
constexpr long kHttpInsufficientStorage = 507;

/// S3's name of what is wrong, as NoSuchKey; empty where the answer has none.
std::string error_code_of(const HttpResponse &response);

/// "HTTP 403 AccessDenied, Access Denied (4 attempts)": what the answer says, in one line.
std::string words_of(const HttpResponse &response);

/// Does this answer say that the object, and not its bucket or who asks, is absent? A store says so by its code; of
/// other servers any HTTP 404 is believed. Not of a HEAD's answer, which has no body.
bool says_absent(const HttpResponse &response);

/// Is this an HTTP 404 that a proxy or the like gives in a store's place? It tells nothing of the object.
bool is_absence_of_another(const HttpResponse &response);

/// Does this answer say that somebody else is just changing the object?
bool says_conflict(const HttpResponse &response);

/// Does this answer say that credentials have expired, or were exchanged?
bool says_expired(const HttpResponse &response);

/// PATH: cannot VERB: WORDS, and what would be right. StoreError where no other object would fare better.
[[noreturn]] void throw_answer(const std::string &path, const char *verb, const HttpResponse &response,
                               const std::string &remedy = {});

} // namespace tiledir::store
