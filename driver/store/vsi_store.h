// Store over any of GDAL's virtual file systems: /vsis3/, /vsigs/, /vsicurl/, /vsimem/, /vsizip/ ...
#pragma once

#include "driver/store/store.h"

namespace tiledir::store
{

/// An object store's PUT is whole and durable, so is a /vsimem/ file's exchange; sync() has nothing to do.
/// Network file systems: GDAL's caches of the object are dropped before each look, so that an object that appeared or
/// changed is seen. Only NoSuchKey and HTTP 404 mean absent.
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
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<Stamp> &before) override;
    bool remove(const std::string &key) override;
    bool remove_if(const std::string &key, const std::optional<Stamp> &before) override;
    std::optional<Stamp> stamp(const std::string &key) const override;
    std::optional<Seconds> age(const std::string &key) override;
    std::vector<std::string> list(const std::string &folder) const override;
    void sync() override {}

private:
    bool is_absent(const std::string &full_path, int error) const;

    std::string m_root; ///< without a '/' at its end
    bool m_network;
};

} // namespace tiledir::store
