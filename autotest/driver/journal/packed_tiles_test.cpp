#include "driver/journal/packed_tiles.h"

#include <gtest/gtest.h>

#include <random>

using namespace tiledir;
using namespace tiledir::journal;

namespace
{

std::string runs_of(const stac::TileSet &tiles)
{
    std::string text;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        { text += std::to_string(row) + ":" + std::to_string(first) + "-" + std::to_string(last) + " "; });
    return text;
}

} // namespace

TEST(PackedTiles, AreTheSameOnceUnpacked)
{
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round)
    {
        stac::TileSet tiles;
        const std::int64_t far = round % 4 == 0 ? std::int64_t{1} << 40 : 0;
        for (unsigned step = 0; step < random() % 300; ++step)
        {
            const std::int64_t first = static_cast<std::int64_t>(random() % 500) - 100;
            tiles.insert(far + random() % 30 - 10, far + first, far + first + random() % 5);
        }
        stac::TileSet unpacked;
        ASSERT_TRUE(unpack(pack(tiles), unpacked));
        ASSERT_EQ(runs_of(unpacked), runs_of(tiles));
    }
}

TEST(PackedTiles, AreRefusedWhereTheyAreDamaged)
{
    stac::TileSet tiles(stac::TileRange{5, 9, 100, 300});
    const std::string whole = pack(tiles);
    for (std::size_t size = 1; size < whole.size(); ++size)
    {
        stac::TileSet unpacked;
        if (unpack(whole.substr(0, size), unpacked))
        {
            EXPECT_LT(unpacked.count(), tiles.count()) << size; // of whole rows
        }
    }
    stac::TileSet unpacked;
    EXPECT_FALSE(unpack(std::string(20, '\xff'), unpacked));
    std::mt19937 random(2);
    for (int round = 0; round < 20000; ++round)
    {
        std::string bytes(random() % 40, '\0');
        for (char &byte : bytes)
        {
            byte = static_cast<char>(random());
        }
        stac::TileSet any;
        unpack(bytes, any); // ends, and the sanitizers are content
    }
}

TEST(PackedTiles, AreDeflatedAndBack)
{
    const std::string text(100000, 'x');
    std::string back;
    EXPECT_LT(deflated(text).size(), 1000U);
    ASSERT_EQ(inflate(deflated(text), back), Inflated::Whole);
    EXPECT_EQ(back, text);
    const std::string whole = deflated(text);
    for (std::size_t size = 0; size + 4 < whole.size(); ++size) // the last four are a checksum
    {
        ASSERT_EQ(inflate(whole.substr(0, size), back), Inflated::CutShort) << size;
    }
    EXPECT_EQ(inflate("no zlib", back), Inflated::Damaged);
    EXPECT_EQ(inflate(std::string(9, '\xff') + whole, back), Inflated::Damaged);
}
