#include "driver/store/update_object.h"

#include "driver/store/opening/open_store.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

Bytes bytes_of(const std::string &text)
{
    return {text.begin(), text.end()};
}

/// A local store without locks and with conditions, as an object store is.
class ConditionalStore final : public Store
{
public:
    explicit ConditionalStore(const std::string &root)
        : m_store(open_store(root))
    {
    }
    using Store::write;
    using Store::write_if;
    std::string path(const std::string &key) const override { return m_store->path(key); }
    std::optional<Bytes> read(const std::string &key) const override { return m_store->read(key); }
    std::optional<StampedObject> read_stamped(const std::string &key) const override
    {
        return m_store->read_stamped(key);
    }
    void write(const std::string &key, const void *data, std::size_t size) override { m_store->write(key, data, size); }
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<Stamp> &before) override
    {
        ++writes;
        return m_store->write_if(key, data, size, before);
    }
    bool remove(const std::string &key) override { return m_store->remove(key); }
    bool remove_if(const std::string &key, const std::optional<Stamp> &before) override
    {
        return m_store->remove_if(key, before);
    }
    std::optional<Stamp> stamp(const std::string &key) const override { return m_store->stamp(key); }
    std::optional<Seconds> age(const std::string &key) override { return m_store->age(key); }
    std::vector<std::string> list(const std::string &folder) const override { return m_store->list(folder); }
    void sync() override { m_store->sync(); }

    int writes = 0;

private:
    std::unique_ptr<Store> m_store;
};

class UpdateObjectTest : public testing::Test
{
protected:
    ~UpdateObjectTest() override { fs::remove_all(m_folder); }

    fs::path m_folder = fs::temp_directory_path() / fs::unique_path("tiledir updates %%%%%%%%");
    ConditionalStore m_store{m_folder.string()};
};

using Open = std::function<std::unique_ptr<Store>()>;

/// Four threads with a store each, 25 letters each.
std::string added_by_many(const Open &open)
{
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (const char letter : {'a', 'b', 'c', 'd'})
    {
        threads.emplace_back(
            [&open, letter]
            {
                const auto store = open();
                for (int i = 0; i < 25; ++i)
                {
                    update_object(*store, "o",
                                  [letter](const Bytes *there)
                                  {
                                      Bytes changed = there == nullptr ? Bytes() : *there;
                                      changed.push_back(static_cast<unsigned char>(letter));
                                      return changed;
                                  });
                }
            });
    }
    for (std::thread &thread : threads)
    {
        thread.join();
    }
    std::string text = open()->read_text("o").value();
    std::sort(text.begin(), text.end());
    return text;
}

} // namespace

TEST_F(UpdateObjectTest, ChangesMakesAndDeletes)
{
    update_object(m_store, "o",
                  [](const Bytes *there)
                  {
                      EXPECT_EQ(there, nullptr);
                      return bytes_of("first");
                  });
    update_object(m_store, "o",
                  [](const Bytes *there)
                  {
                      EXPECT_EQ(*there, bytes_of("first"));
                      return bytes_of("second");
                  });
    EXPECT_EQ(m_store.read_text("o"), "second");
    update_object(m_store, "o", [](const Bytes *) { return std::nullopt; });
    EXPECT_FALSE(m_store.read("o"));
}

TEST_F(UpdateObjectTest, WhatStaysAsItIsIsNotWritten)
{
    m_store.write("o", "text");
    const auto before = m_store.stamp("o");
    update_object(m_store, "o", [](const Bytes *there) { return *there; });
    update_object(m_store, "absent", [](const Bytes *) { return std::nullopt; });
    EXPECT_EQ(m_store.stamp("o"), before);
    EXPECT_EQ(m_store.writes, 0);
}

TEST_F(UpdateObjectTest, BeginsAgainWhereAnotherOneWasFaster)
{
    m_store.write("o", "old");
    int calls = 0;
    update_object(m_store, "o",
                  [&](const Bytes *there)
                  {
                      Bytes changed = *there;
                      changed.push_back('!');
                      if (++calls == 1)
                      {
                          m_store.write("o", "theirs");
                      }
                      return changed;
                  });
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(m_store.read_text("o"), "theirs!");
}

TEST_F(UpdateObjectTest, WhatTheChangeThrowsIsThrownAndNothingIsWritten)
{
    m_store.write("o", "old");
    EXPECT_THROW(update_object(m_store, "o", [](const Bytes *) -> std::optional<Bytes> { throw TileError("no"); }),
                 TileError);
    EXPECT_EQ(m_store.read_text("o"), "old");
}

TEST_F(UpdateObjectTest, OfManyThatChangeAnObjectAtOnceNoneIsLost)
{
    const std::string all = std::string(25, 'a') + std::string(25, 'b') + std::string(25, 'c') + std::string(25, 'd');
    const std::string root = m_folder.string();
    EXPECT_EQ(added_by_many([&] { return open_store(root + "/locks"); }), all);
    EXPECT_EQ(added_by_many([&] { return std::make_unique<ConditionalStore>(root + "/conditions"); }), all);
}

} // namespace tiledir::store
