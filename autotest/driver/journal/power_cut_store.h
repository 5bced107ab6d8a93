// A store in memory whose power is cut: what was durable then is left.
#pragma once

#include "driver/store/store.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::journal
{

/// For one thread or several that change nothing at once.
class PowerCutStore : public store::Store
{
public:
    struct Cut
    {
    };

    /// The power goes at change number `moment`; without it, never.
    explicit PowerCutStore(std::map<std::string, std::string> files = {}, int moment = -1)
        : m_named(std::move(files))
        , m_durable(m_named)
        , m_moment(moment)
    {
    }

    /// Names that were not durable are gone, and so is what was deleted.
    std::map<std::string, std::string> left() const { return m_durable; }

    std::string path(const std::string &key) const override { return "/memory/" + key; }
    std::optional<store::Bytes> read(const std::string &key) const override
    {
        const auto found = m_named.find(key);
        return found == m_named.end() ? std::nullopt
                                      : std::optional(store::Bytes(found->second.begin(), found->second.end()));
    }
    std::optional<store::StampedObject> read_stamped(const std::string &key) const override
    {
        auto bytes = read(key);
        return bytes ? std::optional(store::StampedObject{std::move(*bytes), *stamp(key)}) : std::nullopt;
    }
    void write(const std::string &key, const void *data, std::size_t size) override
    {
        change();
        m_named[key] = std::string(static_cast<const char *>(data), size);
    }
    void write_at_sync(const std::string &key, const void *data, std::size_t size) override
    {
        change();
        m_waiting.emplace_back(key, std::string(static_cast<const char *>(data), size));
    }
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<store::Stamp> &before) override
    {
        if (stamp(key) != before)
        {
            return false;
        }
        write(key, data, size);
        return true;
    }
    bool remove(const std::string &key) override
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        change();
        m_durable.erase(key);
        return m_named.erase(key) > 0;
    }
    bool remove_if(const std::string &key, const std::optional<store::Stamp> &before) override
    {
        return stamp(key) == before && (!before || remove(key));
    }
    std::optional<store::Stamp> stamp(const std::string &key) const override
    {
        const auto found = m_named.find(key);
        return found == m_named.end() ? std::nullopt : std::optional(store::Stamp{found->second});
    }
    std::optional<store::Seconds> age(const std::string &) override { return store::Seconds(0); }
    std::vector<std::string> list(const std::string &folder) const override
    {
        std::vector<std::string> names;
        for (const auto &[key, content] : m_named)
        {
            const std::size_t slash = key.rfind('/');
            if (slash != std::string::npos && key.substr(0, slash) == folder)
            {
                names.push_back(key.substr(slash + 1));
            }
        }
        return names;
    }
    void sync() override
    {
        change();
        m_durable = m_named;
        for (auto &[key, content] : m_waiting)
        {
            m_named[key] = std::move(content);
        }
        m_waiting.clear();
    }

private:
    void change()
    {
        if (m_moment >= 0 && m_changes++ >= m_moment)
        {
            throw Cut();
        }
    }

    std::map<std::string, std::string> m_named;
    std::map<std::string, std::string> m_durable;
    std::vector<std::pair<std::string, std::string>> m_waiting;
    std::mutex m_mutex;
    int m_moment;
    int m_changes = 0;
};

} // namespace tiledir::journal
