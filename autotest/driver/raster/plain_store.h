// A store without locks and conditional writes, in which something happens just before a write.
#pragma once

#include "driver/store/store.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::raster
{

/// Where the last writer wins.
class PlainStore : public store::Store
{
public:
    explicit PlainStore(store::Store &store)
        : m_store(store)
    {
    }
    void once_before_writing(const std::string &key, std::function<void()> action)
    {
        m_key = key;
        m_action = std::move(action);
    }
    std::string path(const std::string &key) const override { return m_store.path(key); }
    std::optional<store::Bytes> read(const std::string &key) const override { return m_store.read(key); }
    std::optional<store::StampedObject> read_stamped(const std::string &key) const override
    {
        return m_store.read_stamped(key);
    }
    void write(const std::string &key, const void *data, std::size_t size) override { m_store.write(key, data, size); }
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<store::Stamp> & /*before*/) override
    {
        if (key == m_key && m_action)
        {
            std::exchange(m_action, nullptr)();
        }
        m_store.write(key, data, size);
        return true;
    }
    bool remove(const std::string &key) override { return m_store.remove(key); }
    bool remove_if(const std::string &key, const std::optional<store::Stamp> & /*before*/) override
    {
        m_store.remove(key);
        return true;
    }
    std::optional<store::Stamp> stamp(const std::string &key) const override { return m_store.stamp(key); }
    std::optional<store::Seconds> age(const std::string &key) override { return m_store.age(key); }
    std::vector<std::string> list(const std::string &folder) const override { return m_store.list(folder); }
    void sync() override { m_store.sync(); }

private:
    store::Store &m_store;
    std::string m_key;
    std::function<void()> m_action;
};

} // namespace tiledir::raster
