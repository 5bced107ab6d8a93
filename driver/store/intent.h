// What a writer is about to change, for those who find it dead.
#pragma once

#include "driver/store/store.h"
#include "stac/tile_set.h"

#include <map>
#include <string>

namespace tiledir::store
{

class Intent
{
public:
    explicit Intent(Store &store);
    void add(const std::string &matrix, const stac::TileSet &tiles);
    void finish();
    void release();

private:
    void write(bool released);
    Store &m_store;
    std::string m_key;
    std::map<std::string, stac::TileSet> m_tiles;
};

} // namespace tiledir::store
