return await 1
