// Objects over a network: asked for side by side, and shared by the readers of the process for a while.
#pragma once

#include "driver/store/http/http_client.h"
#include "driver/store/network/network_cache.h"
#include "driver/store/network/network_place.h"
#include "driver/store/opening/object_reader.h"

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
    struct Call
    {
        const Done &done;
        std::size_t forgets; ///< NetworkCache's, before anything was asked for
    };
    std::optional<CachedObject> fresh(const std::string &key) const;
    void read_by_http(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                      const Call &call) const;
    void read_by_gdal(const std::vector<std::string> &keys, const std::vector<std::size_t> &wanted,
                      const Call &call) const;
    void take_answer(const std::string &key, std::size_t index, HttpResponse &&response, const Call &call) const;
    void keep(const std::string &key, std::size_t index, std::shared_ptr<const Bytes> bytes, const std::string &etag,
              const Call &call) const;

    std::string m_root;
    NetworkPlace m_place;
    ReadSettings m_settings;
    std::unique_ptr<Store> m_store;
    NetworkCache::Clock::time_point m_fresh_since;
};

} // namespace tiledir::store
