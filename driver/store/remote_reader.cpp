#include "driver/store/remote_reader.h"

#include "driver/store/object_url.h"
#include "driver/store/task_queue.h"

#include <cpl_conv.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace tiledir::store
{

namespace
{

constexpr std::size_t kMostByGdal = 16; ///< reads at once
constexpr long kOk = 200;
constexpr long kNoContent = 204;
constexpr long kMovedPermanently = 301;
constexpr long kNotModified = 304;
constexpr long kBadRequest = 400;
constexpr long kUnauthorized = 401;
constexpr long kForbidden = 403;
constexpr long kNotFound = 404;

NetworkCache::Clock::duration fresh_time()
{
    const double seconds = CPLAtof(CPLGetConfigOption("TILEDIR_NETWORK_FRESH", "10"));
    return std::chrono::duration_cast<NetworkCache::Clock::duration>(
        std::chrono::duration<double>(std::clamp(seconds, 0.0, 1e7)));
}

/// Of an XML answer, as object stores give.
std::string element(const Bytes &body, const std::string &name)
{
    const std::string_view text(reinterpret_cast<const char *>(body.data()), body.size());
    const auto begin = text.find("<" + name + ">");
    const auto end = text.find("</" + name + ">");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
        return {};
    const auto from = begin + name.size() + 2;
    return std::string(text.substr(from, std::min<std::size_t>(end - from, 200)));
}

/// "HTTP 403 AccessDenied, Access Denied": what the answer says, in one line.
std::string words_of(const HttpResponse &response)
{
    std::string words = response.status == 0 ? response.failure : "HTTP " + std::to_string(response.status);
    for (const char *name : {"Code", "Message"})
    {
        const std::string text = element(response.body, name);
        words += text.empty() ? "" : (std::string(name) == "Code" ? " " : ", ") + text;
    }
    std::replace_if(
        words.begin(), words.end(), [](unsigned char c) { return c < ' '; }, ' ');
    if (response.attempts > 1)
        words += " (" + std::to_string(response.attempts) + " attempts)";
    return words;
}

} // namespace

RemoteReader::RemoteReader(const std::string &root, ReadSettings settings)
    : m_root(root)
    , m_settings(std::move(settings))
    , m_store(open_store(root))
    , m_fresh_since(NetworkCache::Clock::now() - fresh_time())
{
    const auto url = object_url(path("-"));
    m_http = url.has_value();
    m_identity = m_http ? url->substr(0, url->find('?')) : path("-");
    m_identity.pop_back();
    m_server = m_identity.substr(0, m_identity.find('/', m_identity.find("://") + 3));
}

std::string RemoteReader::path(const std::string &key) const
{
    return m_store->path(key);
}

std::optional<CachedObject> RemoteReader::fresh(const std::string &key) const
{
    auto object = NetworkCache::of_process().find(m_identity + key);
    return object && object->asked >= m_fresh_since ? object : std::nullopt;
}

std::optional<ObjectState> RemoteReader::known(const std::string &key) const
{
    const auto object = fresh(key);
    return object ? std::optional(ObjectState{object->stamp()}) : std::nullopt;
}

void RemoteReader::note_read_by_gdal(const std::string &key, Bytes bytes) const
{
    const CachedObject object{std::make_shared<const Bytes>(std::move(bytes)), {}, NetworkCache::Clock::now()};
    NetworkCache::of_process().insert_first(m_identity + key, object);
}

void RemoteReader::read(const std::vector<std::string> &keys, const Done &done) const
{
    std::vector<std::size_t> wanted;
    for (std::size_t index = 0; index < keys.size(); ++index)
    {
        const auto object = fresh(keys[index]);
        if (object)
            done(index, {object->stamp(), object->bytes});
        else
            wanted.push_back(index);
    }
    if (m_http)
    {
        read_by_http(keys, wanted, done);
        return;
    }
    read_by_gdal(keys, wanted, done);
}

void RemoteReader::read_by_http(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                                const Done &done) const
{
    if (wanted.empty())
        return;
    std::map<std::size_t, CachedObject> old; // kept until the server has said whether it is still good
    std::vector<std::size_t> refused;        // as signed: perhaps in another region
    const auto make = [&](std::size_t number)
    {
        const std::string &key = keys[wanted[number]];
        const auto url = object_url(path(key));
        if (!url)
            throw StoreError(path(key) + ": cannot read: the credentials are gone");
        HttpRequest request{*url, {}};
        if (auto known = NetworkCache::of_process().find(m_identity + key); known && !known->etag.empty())
        {
            request.headers.push_back("If-None-Match: " + known->etag);
            old[number] = *std::move(known);
        }
        return request;
    };
    HttpSettings settings = http_settings_of(m_root);
    settings.max_body = m_settings.max_bytes;
    const bool is_signed = m_root.rfind("/vsicurl/", 0) != 0;
    HttpClient::of_process().get(m_server, wanted.size(), settings, make,
                                 [&](std::size_t number, HttpResponse &&response)
                                 {
                                     const std::size_t index = wanted[number];
                                     if (is_signed &&
                                         (response.status == kMovedPermanently || response.status == kBadRequest))
                                         refused.push_back(index);
                                     else if (response.status == kNotModified && old.count(number) > 0)
                                         keep(keys[index], index, old[number].bytes, old[number].etag, done);
                                     else
                                         take_answer(keys[index], index, std::move(response), done);
                                 });
    read_by_gdal(keys, refused, done);
}

/// GDAL follows a bucket into its region, and signs for it from then on.
void RemoteReader::read_by_gdal(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                                const Done &done) const
{
    std::vector<std::shared_ptr<const Bytes>> found(wanted.size());
    TaskQueue queue(static_cast<int>(std::min(wanted.size(), kMostByGdal)));
    for (std::size_t number = 0; number < wanted.size(); ++number)
        queue.add(
            [&, number]
            {
                if (auto bytes = m_store->read(keys[wanted[number]]))
                    found[number] = std::make_shared<const Bytes>(*std::move(bytes));
            });
    queue.finish();
    for (std::size_t number = 0; number < wanted.size(); ++number)
        keep(keys[wanted[number]], wanted[number], std::move(found[number]), {}, done);
}

void RemoteReader::take_answer(const std::string &key, std::size_t index, HttpResponse &&response,
                               const Done &done) const
{
    const bool no_bucket = response.status == kNotFound && element(response.body, "Code") == "NoSuchBucket";
    if ((response.status == kNotFound && !no_bucket) || m_settings.absent_status.count(response.status) > 0)
        return keep(key, index, nullptr, {}, done);
    if (response.status != kOk)
        throw_answer(key, response);
    keep(key, index, std::make_shared<const Bytes>(std::move(response.body)), response.etag, done);
}

void RemoteReader::throw_answer(const std::string &key, const HttpResponse &response) const
{
    std::string message = path(key) + ": cannot read: " + words_of(response);
    if (response.status == kForbidden || response.status == kNoContent)
    {
        const std::string status = std::to_string(response.status);
        message += "; where this server says so of tiles that are absent (S3 does to those who may not list), open " +
                   ("option ABSENT_STATUS=" + status) + " takes it so";
    }
    const bool of_store =
        response.status == kForbidden || response.status == kUnauthorized || response.status == kNotFound;
    if (of_store)
        throw StoreError(message);
    throw TileError(message);
}

void RemoteReader::keep(const std::string &key, std::size_t index, std::shared_ptr<const Bytes> bytes,
                        const std::string &etag, const Done &done) const
{
    const CachedObject object{std::move(bytes), etag, NetworkCache::Clock::now()};
    NetworkCache::of_process().insert(m_identity + key, object);
    done(index, {object.stamp(), object.bytes});
}

} // namespace tiledir::store
