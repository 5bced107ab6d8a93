#include "driver/store/opening/remote_reader.h"

#include "driver/store/http/http_words.h"
#include "driver/store/network/object_url.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/task_queue.h"

#include <cpl_conv.h>

#include <algorithm>
#include <map>
#include <utility>

namespace tiledir::store
{

namespace
{

constexpr std::size_t kMostByGdal = 16; ///< reads at once

NetworkCache::Clock::duration fresh_time()
{
    const double seconds = CPLAtof(CPLGetConfigOption("TILEDIR_NETWORK_FRESH", "10"));
    return std::chrono::duration_cast<NetworkCache::Clock::duration>(
        std::chrono::duration<double>(std::clamp(seconds, 0.0, 1e7)));
}

} // namespace

RemoteReader::RemoteReader(const std::string &root, ReadSettings settings)
    : m_root(root)
    , m_place(network_place(root))
    , m_settings(std::move(settings))
    , m_store(open_store(root))
    , m_fresh_since(NetworkCache::Clock::now() - fresh_time())
{
}

std::string RemoteReader::path(const std::string &key) const
{
    return m_store->path(key);
}

std::optional<CachedObject> RemoteReader::fresh(const std::string &key) const
{
    auto object = NetworkCache::of_process().find(m_place.identity + key);
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
    NetworkCache::of_process().insert_first(m_place.identity + key, object);
}

void RemoteReader::read(const std::vector<std::string> &keys, const Done &done) const
{
    std::vector<std::size_t> wanted;
    for (std::size_t index = 0; index < keys.size(); ++index)
    {
        const auto object = fresh(keys[index]);
        if (object)
        {
            done(index, {object->stamp(), object->bytes});
        }
        else
        {
            wanted.push_back(index);
        }
    }
    const Call call{done, NetworkCache::of_process().forgets()};
    if (m_place.http)
    {
        read_by_http(keys, wanted, call);
        return;
    }
    read_by_gdal(keys, wanted, call);
}

void RemoteReader::read_by_http(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                                const Call &call) const
{
    if (wanted.empty())
    {
        return;
    }
    std::map<std::size_t, CachedObject> old; // kept until the server has said whether it is still good
    std::vector<std::size_t> refused;        // as signed: perhaps in another region
    const auto make = [&](std::size_t number)
    {
        const std::string &key = keys[wanted[number]];
        const auto url = object_url(path(key));
        if (!url)
        {
            throw StoreError(path(key), "cannot read: the credentials are gone");
        }
        HttpRequest request;
        request.url = *url;
        if (auto known = NetworkCache::of_process().find(m_place.identity + key); known && !known->etag.empty())
        {
            request.headers.push_back("If-None-Match: " + known->etag);
            old[number] = *std::move(known);
        }
        return request;
    };
    HttpSettings settings = http_settings_of(m_root);
    settings.max_body = m_settings.max_bytes;
    settings.has_codes = settings.has_codes && m_settings.absent_status.count(kHttpNotFound) == 0;
    const bool is_signed = m_root.rfind("/vsicurl/", 0) != 0;
    const auto take = [&](std::size_t number, HttpResponse &&response)
    {
        const std::size_t index = wanted[number];
        if (is_signed && (response.status == kHttpMovedPermanently || response.status == kHttpBadRequest))
        {
            refused.push_back(index);
        }
        else if (response.status == kHttpNotModified && old.count(number) > 0)
        {
            keep(keys[index], index, old[number].bytes, old[number].etag, call);
        }
        else
        {
            take_answer(keys[index], index, std::move(response), call);
        }
    };
    HttpClient::of_process().send(m_place.server, wanted.size(), settings, make, take);
    read_by_gdal(keys, refused, call);
}

/// GDAL follows a bucket into its region, and signs for it from then on.
void RemoteReader::read_by_gdal(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                                const Call &call) const
{
    std::vector<std::shared_ptr<const Bytes>> found(wanted.size());
    TaskQueue queue(static_cast<int>(std::min(wanted.size(), kMostByGdal)));
    for (std::size_t number = 0; number < wanted.size(); ++number)
    {
        queue.add(
            [&, number]
            {
                if (auto bytes = m_store->read(keys[wanted[number]]))
                {
                    found[number] = std::make_shared<const Bytes>(*std::move(bytes));
                }
            });
    }
    queue.finish();
    for (std::size_t number = 0; number < wanted.size(); ++number)
    {
        keep(keys[wanted[number]], wanted[number], std::move(found[number]), {}, call);
    }
}

void RemoteReader::take_answer(const std::string &key, std::size_t index, HttpResponse &&response,
                               const Call &call) const
{
    const long status = response.status;
    if (says_absent(response) || (status != kHttpNotFound && m_settings.absent_status.count(status) > 0))
    {
        return keep(key, index, nullptr, {}, call);
    }
    if (status == kHttpForbidden || status == kHttpNoContent || is_absence_of_another(response))
    {
        throw_answer(path(key), "read", response,
                     std::string("; where this server says so of tiles that are absent") +
                         (status == kHttpForbidden ? " (S3 does to those who may not list)" : "") +
                         ", open option ABSENT_STATUS=" + std::to_string(status) + " takes it so");
    }
    if (status != kHttpOk)
    {
        throw_answer(path(key), "read", response);
    }
    keep(key, index, std::make_shared<const Bytes>(std::move(response.body)), response.etag, call);
}

void RemoteReader::keep(const std::string &key, std::size_t index, std::shared_ptr<const Bytes> bytes,
                        const std::string &etag, const Call &call) const
{
    const CachedObject object{std::move(bytes), etag, NetworkCache::Clock::now()};
    NetworkCache::of_process().insert(m_place.identity + key, object, call.forgets);
    call.done(index, {object.stamp(), object.bytes});
}

} // namespace tiledir::store
