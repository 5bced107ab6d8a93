// Objects over a network: asked for side by side, and shared by the readers of the process for a while.
#pragma once

#include "driver/store/http_client.h"
#include "driver/store/network_cache.h"
#include "driver/store/object_reader.h"

namespace tiledir::store
{

class RemoteReader final : public ObjectReader
{
public:
    RemoteReader(const std::string &root, ReadSettings settings);

    using ObjectReader::read;
    std::string path(const std::string &key) const override;
    bool is_remote() const override { return true; }
    std::optional<ObjectState> known(const std::string &key) const override;
    void read(const std::vector<std::string> &keys, const Done &done) const override;
    void note_read_by_gdal(const std::string &key, Bytes bytes) const;

private:
    std::optional<CachedObject> fresh(const std::string &key) const;
    void read_by_http(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                      const Done &done) const;
    void read_by_gdal(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                      const Done &done) const;
    void take_answer(const std::string &key, std::size_t index, HttpResponse &&response, const Done &done) const;
    [[noreturn]] void throw_answer(const std::string &key, const HttpResponse &response) const;
    void keep(const std::string &key, std::size_t index, std::shared_ptr<const Bytes> bytes, const std::string &etag,
              const Done &done) const;

    std::string m_root;
    std::string m_identity; ///< tells the server too: the same path may lead to another one later
    std::string m_server;   ///< scheme and host
    ReadSettings m_settings;
    std::unique_ptr<Store> m_store;
    bool m_http; ///< false: only GDAL can read
    NetworkCache::Clock::time_point m_fresh_since;
};

} // namespace tiledir::store
