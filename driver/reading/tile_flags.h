// A set of tiles, small where they lie together.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace tiledir::driver
{

/// Tiles of numbered layers (a tile matrix of a source). A block of 8 x 8 tiles takes a word and its place in a table:
/// a bit a tile where neighbours are in it too. Both functions may be called from many threads.
class TileFlags
{
public:
    void insert(std::uint32_t layer, std::int64_t row, std::int64_t col)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_blocks[{layer, row / kSide, col / kSide}] |= bit(row, col);
    }
    void clear()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_blocks.clear();
    }
    bool contains(std::uint32_t layer, std::int64_t row, std::int64_t col) const
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        const auto found = m_blocks.find({layer, row / kSide, col / kSide});
        return found != m_blocks.end() && (found->second & bit(row, col)) != 0;
    }

private:
    static constexpr std::int64_t kSide = 8;
    struct Block
    {
        std::uint32_t layer;
        std::int64_t row;
        std::int64_t col;
        bool operator==(const Block &other) const
        {
            return layer == other.layer && row == other.row && col == other.col;
        }
    };
    struct Hash
    {
        std::size_t operator()(const Block &block) const
        {
            std::uint64_t hash = block.layer;
            for (const std::int64_t part : {block.row, block.col})
            {
                hash = (hash ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
                hash ^= hash >> 29;
            }
            return static_cast<std::size_t>(hash);
        }
    };
    static std::uint64_t bit(std::int64_t row, std::int64_t col)
    {
        return std::uint64_t{1} << (row % kSide * kSide + col % kSide);
    }

    mutable std::mutex m_mutex;
    std::unordered_map<Block, std::uint64_t, Hash> m_blocks;
};

} // namespace tiledir::driver
