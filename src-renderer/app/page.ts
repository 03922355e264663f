document.title = 'Thalogos'
