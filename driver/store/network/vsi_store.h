// Store over any of GDAL's virtual file systems: /vsis3/, /vsigs/, /vsicurl/, /vsimem/, /vsizip/ ...
#pragma once

#include "driver/store/network/http_objects.h"
#include "driver/store/store.h"

#include <mutex>

namespace tiledir::store
{

/// An object store's PUT is whole and durable, so is a /vsimem/ file's exchange; sync() has nothing to do.
/// Network file systems: by HTTP requests of our own where GDAL signs URLs (HttpObjects), else by GDAL, whose caches of
/// the object are dropped before each look, so that an object that appeared or changed is seen. Only the store's own
/// word means absent (NoSuchKey, BlobNotFound, or a listing without it), of plain HTTP any 404. What is written or
/// deleted is forgotten by GDAL's caches and by NetworkCache.
class VsiStore final : public Store
{
public:
    explicit VsiStore(const std::string &root);

    using Store::write;
    using Store::write_if;
    std::string path(const std::string &key) const override;
    std::optional<Bytes> read(const std::string &key) const override;
    std::optional<StampedObject> read_stamped(const std::string &key) const override;
    void write(const std::string &key, const void *data, std::size_t size) override;
    void write_tile(const std::string &key, const void *data, std::size_t size, Replacing replacing) override;
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<Stamp> &before) override;
    bool has_conditions() const override;
    bool remove(const std::string &key) override;
    bool remove_if(const std::string &key, const std::optional<Stamp> &before) override;
    std::optional<Stamp> stamp(const std::string &key) const override;
    std::optional<Seconds> age(const std::string &key) override;
    std::vector<std::string> list(const std::string &folder) const override;
    void sync() override {}

private:
    /// Null where only GDAL can reach the objects. Credentials are asked for at the first call.
    HttpObjects *http() const;
    HttpObjects *http_to_write() const;

    bool is_absent(const std::string &full_path, int error) const;
    bool is_absent_on_network(const std::string &full_path) const;
    std::optional<Bytes> read_by_gdal(const std::string &key) const;
    std::optional<Stamp> stamp_by_gdal(const std::string &key) const;
    void write_by_gdal(const std::string &key, const void *data, std::size_t size) const;
    void forget_on_network(const std::string &key) const;

    std::string m_root; ///< without a '/' at its end
    bool m_network;
    mutable std::once_flag m_http_asked;
    mutable std::unique_ptr<HttpObjects> m_http;
};

} // namespace tiledir::store
