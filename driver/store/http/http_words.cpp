#include "driver/store/http/http_words.h"

#include "driver/store/gdal_errors.h"

#include "stac/error.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tiledir::store
{

namespace
{

/// Of an XML answer, as object stores give.
std::string element(const Bytes &body, const std::string &name)
{
    const std::string_view text(reinterpret_cast<const char *>(body.data()), body.size());
    const auto begin = text.find("<" + name + ">");
    const auto end = text.find("</" + name + ">");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
    {
        return {};
    }
    const auto from = begin + name.size() + 2;
    return std::string(text.substr(from, std::min<std::size_t>(end - from, 200)));
}

} // namespace

std::string error_code_of(const HttpResponse &response)
{
    return element(response.body, "Code");
}

std::string words_of(const HttpResponse &response)
{
    std::string words = response.status == 0 ? response.failure : "HTTP " + std::to_string(response.status);
    const std::string code = error_code_of(response);
    const std::string message = element(response.body, "Message");
    words += (code.empty() ? "" : " " + code) + (message.empty() ? "" : ", " + message);
    if (is_absence_of_another(response))
    {
        words += " that is not the store's, but of a proxy before it";
    }
    std::replace_if(
        words.begin(), words.end(), [](unsigned char c) { return c < ' '; }, ' ');
    if (response.attempts > 1)
    {
        words += " (" + std::to_string(response.attempts) + " attempts)";
    }
    return words;
}

bool says_absent(const HttpResponse &response)
{
    if (response.status != kHttpNotFound)
    {
        return false;
    }
    const std::string code = error_code_of(response);
    if (response.has_codes)
    {
        return code == "NoSuchKey" || code == "BlobNotFound"; // S3, Google, Alibaba; Azure
    }
    static const std::array<const char *, 3> kBuckets{"NoSuchBucket", "ContainerNotFound", "FilesystemNotFound"};
    return !says_expired(response) && std::find(kBuckets.begin(), kBuckets.end(), code) == kBuckets.end();
}

bool is_absence_of_another(const HttpResponse &response)
{
    return response.status == kHttpNotFound && response.has_codes && error_code_of(response).empty();
}

bool says_conflict(const HttpResponse &response)
{
    if (response.status != kHttpConflict)
    {
        return false;
    }
    const std::string code = error_code_of(response);
    return code == "ConditionalRequestConflict" || code == "OperationAborted";
}

bool says_expired(const HttpResponse &response)
{
    if (response.status != kHttpBadRequest && response.status != kHttpUnauthorized &&
        response.status != kHttpForbidden && response.status != kHttpNotFound)
    {
        return false;
    }
    static const std::array<const char *, 7> kCodes{
        "ExpiredToken",   "InvalidAccessKeyId",   "InvalidToken",      "SignatureDoesNotMatch",
        "RequestExpired", "TokenRefreshRequired", "XAdminUserNotFound"};
    const std::string code = error_code_of(response);
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

void throw_answer(const std::string &path, const char *verb, const HttpResponse &response, const std::string &remedy)
{
    const long status = response.status;
    TileError error(path, std::string("cannot ") + verb + ": " + words_of(response) + remedy);
    error.set_kind(kind_of_http_status(static_cast<int>(status)), static_cast<int>(status));
    if (response.no_server || error.kind() == ErrorKind::Refused || error.kind() == ErrorKind::Full ||
        (status == kHttpNotFound && !is_absence_of_another(response)))
    {
        throw StoreError(error);
    }
    throw error;
}

} // namespace tiledir::store
