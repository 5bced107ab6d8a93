#include "driver/store/network/http_objects.h"

#include "driver/store/backoff.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/http/http_words.h"
#include "driver/store/network/object_url.h"
#include "driver/store/network_path.h"

#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace tiledir::store
{

namespace
{

constexpr int kMostLostRaces = 100; ///< for one object

bool is_written(const HttpResponse &response)
{
    return response.status >= kHttpOk && response.status < 300;
}

/// The server may have done what it was asked to.
bool is_lost(const HttpResponse &response)
{
    return response.status == 0 || response.status >= kHttpInternalError || is_absence_of_another(response);
}

/// The state is another one, or others are just changing it.
bool is_refused(const HttpResponse &response)
{
    return response.status == kHttpPreconditionFailed || says_conflict(response) ||
           (response.status == kHttpNotFound && error_code_of(response) == "NoSuchKey");
}

const char *remedy_of(const HttpResponse &response)
{
    const bool no_right = response.status == kHttpUnauthorized || error_code_of(response) == "AccessDenied";
    return no_right ? "; these credentials need the right to write and delete here" : "";
}

std::string condition(const std::optional<Stamp> &before)
{
    return before ? "If-Match: " + before->text : "If-None-Match: *";
}

/// A weak ETag, or what stands for one, fits no If-Match.
bool can_be_condition(const std::optional<Stamp> &before)
{
    return !before || before->text.rfind('"', 0) == 0;
}

bool is_same(const Bytes &bytes, std::string_view data)
{
    return std::string_view(reinterpret_cast<const char *>(bytes.data()), bytes.size()) == data;
}

HttpRequest request_of(const char *method, std::vector<std::string> headers = {}, std::string_view body = {})
{
    HttpRequest request;
    request.method = method;
    request.headers = std::move(headers);
    request.body = body;
    return request;
}

Stamp stamp_of(const HttpResponse &response)
{
    if (!response.etag.empty())
    {
        return Stamp{response.etag};
    }
    return Stamp{response.length + '-' + std::to_string(response.last_modified.value_or(0))};
}

} // namespace

std::unique_ptr<HttpObjects> HttpObjects::open(const std::string &root)
{
    NetworkPlace place = network_place(root);
    return place.http ? std::make_unique<HttpObjects>(root, std::move(place)) : nullptr;
}

HttpObjects::HttpObjects(const std::string &root, NetworkPlace place)
    : m_root(root)
    , m_place(std::move(place))
{
}

std::optional<StampedObject> HttpObjects::read(const std::string &key) const
{
    HttpResponse response = ask(key, request_of("GET"));
    if (!is_there(key, response))
    {
        m_known.forget(key);
        return std::nullopt;
    }
    Stamp stamp = stamp_of(response);
    m_known.note_read(key, stamp);
    return StampedObject{std::move(response.body), std::move(stamp)};
}

std::optional<HttpObjects::State> HttpObjects::state(const std::string &key) const
{
    HttpResponse response = ask(key, request_of("HEAD"));
    if (response.status == kHttpNotFound && m_has_bucket && !is_object_store(m_root))
    {
        return std::nullopt;
    }
    // A HEAD's answer has no body to say what is wrong, who says so, or which of bucket and object is absent; some
    // servers know none.
    const bool may_say_more = response.status != kHttpOk && response.status != 0 &&
                              (response.status < kHttpInternalError || response.status == kHttpNotImplemented);
    if (may_say_more)
    {
        response = ask(key, request_of("GET"));
    }
    if (!is_there(key, response))
    {
        m_known.forget(key);
        return std::nullopt;
    }
    m_known.note_read(key, stamp_of(response));
    const std::time_t now = response.date.value_or(std::time(nullptr));
    return State{stamp_of(response), Seconds(std::max(0.0, std::difftime(now, response.last_modified.value_or(now))))};
}

/// Whether the answer to a GET says that the object is there.
bool HttpObjects::is_there(const std::string &key, const HttpResponse &response) const
{
    const bool absent = says_absent(response);
    if (response.status != kHttpOk && !absent)
    {
        throw_answer(path(key), "read", response);
    }
    m_has_bucket = true;
    return !absent;
}

bool HttpObjects::can_write() const
{
    if (m_root.rfind("/vsis3/", 0) != 0)
    {
        return false;
    }
    const auto headers = http_settings_of(m_root).headers;
    return std::none_of(headers.begin(), headers.end(),
                        [](const std::string &line) { return STARTS_WITH_CI(line.c_str(), "x-amz-"); });
}

void HttpObjects::write(const std::string &key, std::string_view data)
{
    auto before = m_known.find(key);
    m_known.forget(key); // where this fails nobody knows
    m_known.note_written(key, replace(key, data, std::move(before), false));
}

void HttpObjects::write_tile(const std::string &key, std::string_view data, Replacing replacing)
{
    if (replacing == Replacing::Blindly)
    {
        return write_blindly(key, data);
    }
    std::optional<Stamp> before;
    if (replacing == Replacing::Looking)
    {
        if (const HttpResponse response = ask(key, request_of("HEAD")); response.status == kHttpOk)
        {
            before = stamp_of(response);
        }
    }
    // Whoever says that nothing is there: the condition tells.
    replace(key, data, std::move(before), replacing == Replacing::Nothing);
}

void HttpObjects::write_blindly(const std::string &key, std::string_view data)
{
    m_known.forget(key);
    const HttpResponse response = change(key, request_of("PUT", {}, data));
    if (!is_written(response) && !(is_lost(response) && held(key, data)))
    {
        throw_answer(path(key), "write", response, remedy_of(response));
    }
}

/// `same_is_own`: the same bytes in place are a success even where no answer was lost.
Stamp HttpObjects::replace(const std::string &key, std::string_view data, std::optional<Stamp> before, bool same_is_own)
{
    for (int losses = 0;; ++losses)
    {
        const HttpResponse response = put(key, data, before);
        if (is_written(response))
        {
            return Stamp{response.etag};
        }
        if (is_lost(response))
        {
            if (const auto stamp = held(key, data))
            {
                return *stamp;
            }
        }
        if (!is_refused(response) || losses == kMostLostRaces)
        {
            throw_answer(path(key), "write", response, remedy_of(response));
        }
        const auto there = read(key);
        if (there && (same_is_own || response.sent_again) && is_same(there->bytes, data))
        {
            return there->stamp;
        }
        before = there ? std::optional(there->stamp) : std::nullopt;
        if (losses > 0)
        {
            pause_after(losses);
        }
    }
}

/// Without its condition where the server has none.
HttpResponse HttpObjects::put(const std::string &key, std::string_view data, const std::optional<Stamp> &before)
{
    if (m_has_conditions && can_be_condition(before))
    {
        HttpResponse response = change(key, request_of("PUT", {condition(before)}, data));
        if (response.status != kHttpNotImplemented)
        {
            return response;
        }
        m_has_conditions = false;
    }
    return change(key, request_of("PUT", {}, data));
}

bool HttpObjects::write_if(const std::string &key, std::string_view data, const std::optional<Stamp> &before)
{
    if (m_has_conditions && can_be_condition(before))
    {
        const HttpResponse response = change(key, request_of("PUT", {condition(before)}, data));
        if (is_written(response))
        {
            m_known.note_written(key, Stamp{response.etag});
            return true;
        }
        if (response.status != kHttpNotImplemented)
        {
            const bool refused = is_refused(response);
            if ((is_lost(response) || (refused && response.sent_again)) && held(key, data))
            {
                return true;
            }
            if (refused)
            {
                return false;
            }
            throw_answer(path(key), "write", response, remedy_of(response));
        }
        m_has_conditions = false;
    }
    const auto now = state(key);
    if ((now ? std::optional(now->stamp) : std::nullopt) != before)
    {
        return false;
    }
    write_blindly(key, data);
    return true;
}

void HttpObjects::remove(const std::string &key)
{
    auto before = m_known.find(key);
    m_known.forget(key);
    for (int losses = 0;; ++losses)
    {
        const HttpResponse response = drop(key, before);
        if (is_written(response) || says_absent(response))
        {
            return;
        }
        if (!is_refused(response) || losses == kMostLostRaces)
        {
            throw_answer(path(key), "delete", response, remedy_of(response));
        }
        const auto now = state(key);
        if (!now)
        {
            return;
        }
        before = now->stamp;
    }
}

/// Without a condition where the server has none, or the state is not known.
HttpResponse HttpObjects::drop(const std::string &key, const std::optional<Stamp> &before)
{
    if (before && m_has_delete_conditions && can_be_condition(before))
    {
        HttpResponse response = change(key, request_of("DELETE", {condition(before)}));
        if (response.status != kHttpNotImplemented)
        {
            return response;
        }
        m_has_delete_conditions = false;
    }
    return change(key, request_of("DELETE"));
}

bool HttpObjects::remove_if(const std::string &key, const std::optional<Stamp> &before)
{
    // Servers that know no condition of a DELETE overlook it.
    const auto now = state(key);
    if ((now ? std::optional(now->stamp) : std::nullopt) != before)
    {
        return false;
    }
    if (!before)
    {
        return true;
    }
    m_known.forget(key);
    const HttpResponse response = drop(key, before);
    if (is_written(response))
    {
        return true;
    }
    if (is_lost(response) || is_refused(response))
    {
        if (response.sent_again && !state(key))
        {
            return true;
        }
        if (is_refused(response))
        {
            return false;
        }
    }
    throw_answer(path(key), "delete", response, remedy_of(response));
}

HttpResponse HttpObjects::ask(const std::string &key, const HttpRequest &request) const
{
    HttpResponse response = ask_once(key, request);
    const long status = response.status;
    const bool elsewhere =
        status == kHttpMovedPermanently || status == kHttpTemporaryRedirect || status == kHttpBadRequest;
    if (!elsewhere || m_root.rfind("/vsicurl/", 0) == 0)
    {
        return response;
    }
    const GdalErrors quiet;
    VSICurlPartialClearCache(path(key).c_str());
    VSIStatBufL ignored = {};
    const bool found = VSIStatExL(path(key).c_str(), &ignored, VSI_STAT_EXISTS_FLAG) == 0;
    static_cast<void>(found); // what it has learned counts
    return ask_once(key, request);
}

HttpResponse HttpObjects::ask_once(const std::string &key, const HttpRequest &request) const
{
    const auto make = [&]
    {
        const auto url = object_url(path(key), request.method);
        if (!url)
        {
            throw StoreError(path(key), "no credentials to sign a request with any more");
        }
        HttpRequest made = request;
        made.url = *url;
        return made;
    };
    return HttpClient::of_process().send(m_place.server, http_settings_of(m_root), make);
}

HttpResponse HttpObjects::change(const std::string &key, const HttpRequest &request) const
{
    forget(m_place, m_root, key);
    HttpResponse response = ask(key, request);
    // What was asked for meanwhile may have been answered before.
    forget(m_place, m_root, key);
    return response;
}

/// Stamp of the object where these are its bytes. After an answer that was lost: what can be asked now counts.
std::optional<Stamp> HttpObjects::held(const std::string &key, std::string_view data) const
{
    try
    {
        const auto object = read(key);
        return object && is_same(object->bytes, data) ? std::optional(object->stamp) : std::nullopt;
    }
    catch (const Error &)
    {
        return std::nullopt; // the write's failure says more
    }
}

} // namespace tiledir::store
