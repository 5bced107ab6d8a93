#include "driver/store/opening/object_reader.h"

#include "driver/store/network_path.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/opening/remote_reader.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <utility>

namespace tiledir::store
{

namespace
{

/// Over a store where a look costs little.
class StoreReader final : public ObjectReader
{
public:
    explicit StoreReader(std::unique_ptr<Store> store)
        : m_store(std::move(store))
    {
    }

    std::string path(const std::string &key) const override { return m_store->path(key); }
    bool is_remote() const override { return false; }
    std::optional<ObjectState> known(const std::string &key) const override { return ObjectState{m_store->stamp(key)}; }
    void read(const std::vector<std::string> &keys, const Done &done) const override
    {
        for (std::size_t index = 0; index < keys.size(); ++index)
        {
            auto object = m_store->read_stamped(keys[index]);
            if (object)
            {
                done(index, {object->stamp, std::make_shared<const Bytes>(std::move(object->bytes))});
            }
            else
            {
                done(index, {});
            }
        }
    }

private:
    std::unique_ptr<Store> m_store;
};

} // namespace

ReadObject ObjectReader::read(const std::string &key) const
{
    ReadObject found;
    read(std::vector<std::string>{key}, [&found](std::size_t, const ReadObject &object) { found = object; });
    return found;
}

std::optional<std::string> ObjectReader::read_text(const std::string &key) const
{
    const ReadObject object = read(key);
    if (!object.bytes)
    {
        return std::nullopt;
    }
    return std::string(object.bytes->begin(), object.bytes->end());
}

bool is_remote(const std::string &path)
{
    return path.rfind("/vsi", 0) == 0 && !VSIIsLocal(path.c_str());
}

void note_read_by_gdal(const std::string &path, const void *data, std::size_t size)
{
    const auto *bytes = static_cast<const unsigned char *>(data);
    RemoteReader(folder_of_path(path), {}).note_read_by_gdal(CPLGetFilename(path.c_str()), {bytes, bytes + size});
}

std::unique_ptr<ObjectReader> open_object_reader(const std::string &root, const ReadSettings &settings)
{
    if (store::is_remote(root))
    {
        return std::make_unique<RemoteReader>(root, settings);
    }
    return std::make_unique<StoreReader>(open_store(root));
}

} // namespace tiledir::store
